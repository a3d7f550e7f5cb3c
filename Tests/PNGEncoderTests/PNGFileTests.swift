import PNGEncoder
import Testing

@Suite("PNG files that are read")
struct PNGFileTests {
    private static func file(channels: Int = 3, texts: [PNGText] = []) throws -> [UInt8] {
        try PNGImageTests.image(width: 33, height: 31, channels: channels).encoded(metadata: texts)
    }

    private static func read(_ file: [UInt8]) throws(PNGError) -> PNGFile {
        try PNGFile(file, widest: 64, highest: 64)
    }

    @Test("pixels and texts come back as they went in", arguments: [1, 3])
    func roundTrip(channels: Int) throws {
        let texts = [
            try PNGText(keyword: "Software", text: "Underpaint"), try PNGText(keyword: "name", text: "Zürich\nlinks"),
            try PNGText(keyword: "other", text: "図 and {\"a\": 1}"), try PNGText(keyword: "other", text: "second"),
            try PNGText(keyword: "empty", text: ""),
        ]
        let file = try Self.read(Self.file(channels: channels, texts: texts))
        #expect(file.image == (try PNGImageTests.image(width: 33, height: 31, channels: channels)))
        #expect(file.texts == texts)
        #expect(file.text(of: "other") == texts[2].text && file.text(of: "nothing") == nil)
    }

    @Test("a larger image is refused with its size before its pixels are read")
    func limit() throws {
        let png = try Self.file()
        #expect(throws: PNGError.tooLarge(width: 33, height: 31, widest: 32, highest: 64)) {
            try PNGFile(png, widest: 32, highest: 64)
        }
        #expect(throws: PNGError.tooLarge(width: 33, height: 31, widest: 64, highest: 30)) {
            try PNGFile(png, widest: 64, highest: 30)
        }
        // What follows the header does not matter then.
        #expect(throws: PNGError.tooLarge(width: 33, height: 31, widest: 1, highest: 1)) {
            try PNGFile(Array(png.prefix(60)), widest: 1, highest: 1)
        }
    }

    @Test("a file that ends too early is damaged, wherever it ends")
    func truncation() throws {
        let png = try Self.file(texts: [try PNGText(keyword: "Seed", text: "42")])
        for count in 0..<png.count {
            let error = #expect(throws: PNGError.self) { try Self.read(Array(png.prefix(count))) }
            guard case .decoding? = error else {
                Issue.record("\(count) bytes: \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a flipped bit is found, wherever it is")
    func flippedBits() throws {
        let png = try PNGImageTests.image(width: 5, height: 4, channels: 3).encoded(
            metadata: [try PNGText(keyword: "Seed", text: "42")])
        for bit in 0..<(png.count * 8) {
            var damaged = png
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = #expect(throws: PNGError.self, "bit \(bit)") { try Self.read(damaged) }
            guard case .decoding? = error else {
                Issue.record("bit \(bit): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("noise of any length is no PNG, and harms nothing")
    func noise() {
        for count in [0, 1, 7, 8, 9, 33, 100, 10_000] {
            let error = #expect(throws: PNGError.self) { try Self.read(PNGImageTests.noise(count: count)) }
            guard case .decoding? = error else {
                Issue.record("\(count) bytes: \(String(describing: error))")
                continue
            }
        }
    }

    @Test("more than 64 texts are too many")
    func manyTexts() throws {
        let texts = try (0..<200).map { try PNGText(keyword: "text \($0)", text: "x") }
        let png = try Self.file(texts: texts)
        // libpng keeps the first ones.
        #expect(try Self.read(png).texts.count < 70)
    }
}
