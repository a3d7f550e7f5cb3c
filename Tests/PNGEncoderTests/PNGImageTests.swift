import CPNG
import PNGEncoder
import Testing

@Suite("PNG images")
struct PNGImageTests {
    /// Values that no filter predicts, the same on every run.
    static func noise(count: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
    }

    static func image(width: Int, height: Int, channels: Int) throws -> PNGImage {
        try PNGImage(
            width: width, height: height, channels: channels, pixels: noise(count: width * height * channels))
    }

    @Test(
        "an image comes back as it went in",
        arguments: [(1, 1), (3, 5), (5, 3), (1, 7), (32, 32), (257, 19)], [1, 3])
    func roundTrip(size: (width: Int, height: Int), channels: Int) throws {
        let image = try Self.image(width: size.width, height: size.height, channels: channels)
        let decoded = try DecodedPNG(image.encoded(), channels: channels)
        #expect(decoded.width == size.width)
        #expect(decoded.height == size.height)
        #expect(decoded.pixels == image.pixels)
    }

    @Test("the header says size, 8 bits and the colour type", arguments: [(1, UInt8(0)), (3, UInt8(2))])
    func header(channels: Int, colourType: UInt8) throws {
        let chunks = try PNGChunk.all(of: Self.image(width: 3, height: 300, channels: channels).encoded())
        let header = try #require(chunks.first)
        #expect(header.type == "IHDR")
        #expect(header.data == [0, 0, 0, 3, 0, 0, 1, 44, 8, colourType, 0, 0, 0])
        #expect(chunks.last == PNGChunk(type: "IEND", data: []))
    }

    @Test("nothing but header, pixels and end is written without metadata")
    func bareFile() throws {
        let chunks = try PNGChunk.all(of: Self.image(width: 32, height: 32, channels: 1).encoded())
        #expect(Set(chunks.map(\.type)) == ["IHDR", "IDAT", "IEND"])
    }

    @Test("the same input gives the same bytes")
    func determinism() throws {
        let image = try Self.image(width: 33, height: 31, channels: 3)
        let metadata = [try PNGText(keyword: "Seed", text: "42")]
        #expect(try image.encoded(metadata: metadata) == image.encoded(metadata: metadata))
    }

    @Test("a flat image is compressed")
    func compression() throws {
        let flat = [UInt8](repeating: 200, count: 256 * 256 * 3)
        let file = try PNGImage(width: 256, height: 256, channels: 3, pixels: flat).encoded()
        #expect(file.count < 2_000)
    }

    @Test("a pixel count that does not fit the size is refused")
    func wrongPixelCount() {
        #expect(throws: PNGError.wrongPixelCount(11, expected: 12)) {
            try PNGImage(width: 2, height: 2, channels: 3, pixels: [UInt8](repeating: 0, count: 11))
        }
    }

    @Test("sides outside 1 to 1,000,000 are refused", arguments: [(0, 1), (1, 0), (-1, 4), (1_000_001, 1)])
    func badSize(width: Int, height: Int) {
        #expect(throws: PNGError.unsupportedSize(width: width, height: height)) {
            try PNGImage(width: width, height: height, channels: 1, pixels: [])
        }
    }

    @Test("channel counts other than 1 and 3 are refused", arguments: [-1, 0, 2, 4])
    func badChannels(count: Int) {
        #expect(throws: PNGError.unsupportedChannelCount(count)) {
            try PNGImage(width: 1, height: 1, channels: count, pixels: [])
        }
    }

    @Test("an error inside libpng comes back as its message, not as a jump")
    func libraryError() {
        var output = underpaint_png_output()
        underpaint_png_encode([0], 0, 1, 1, nil, 0, &output)
        let message = withUnsafeBytes(of: output.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        #expect(message == "Invalid IHDR data")
        free(output.bytes)
    }

    @Test("images are encoded by many threads at once")
    func concurrency() async throws {
        let image = try Self.image(width: 64, height: 64, channels: 3)
        let expected = try image.encoded()
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<32 { group.addTask { try image.encoded() } }
            for try await file in group { #expect(file == expected) }
        }
    }
}
