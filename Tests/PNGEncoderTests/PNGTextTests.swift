import PNGEncoder
import Testing

@Suite("PNG text metadata")
struct PNGTextTests {
    private func chunks(_ metadata: [PNGText]) throws -> [PNGChunk] {
        let image = try PNGImage(width: 1, height: 1, channels: 1, pixels: [128])
        return try PNGChunk.all(of: image.encoded(metadata: metadata))
    }

    @Test("entries are tEXt chunks before the pixels, in the order given")
    func order() throws {
        let chunks = try chunks([
            PNGText(keyword: "Software", text: "Underpaint"), PNGText(keyword: "Class", text: "7 Sneaker"),
            PNGText(keyword: "Comment", text: ""),
        ])
        #expect(chunks.map(\.type) == ["IHDR", "tEXt", "tEXt", "tEXt", "IDAT", "IEND"])
        #expect(chunks[1].data == Array("Software\0Underpaint".utf8))
        #expect(chunks[2].data == Array("Class\u{0}7 Sneaker".utf8))
        #expect(chunks[3].data == Array("Comment\0".utf8))
    }

    @Test("accented Latin text stays a tEXt chunk, one byte per character")
    func latin1() throws {
        let chunk = try chunks([PNGText(keyword: "Größe", text: "é\nü")])[1]
        #expect(chunk == PNGChunk(type: "tEXt", data: [0x47, 0x72, 0xF6, 0xDF, 0x65, 0, 0xE9, 0x0A, 0xFC]))
    }

    @Test("text outside Latin-1 becomes an iTXt chunk in UTF-8", arguments: ["靴", "€ 5", "tab\there", "e\u{301}"])
    func unicode(text: String) throws {
        let chunk = try chunks([PNGText(keyword: "Class", text: text)])[1]
        // Keyword, NUL, not compressed, method 0, no language, no translated keyword.
        #expect(chunk == PNGChunk(type: "iTXt", data: Array("Class\0\0\0\0\0".utf8) + Array(text.utf8)))
    }

    @Test(
        "keywords that PNG does not allow are refused by name",
        arguments: [
            "", " Seed", "Seed ", "two  spaces", "tab\t", "靴", "a\0b", "\u{A0}", String(repeating: "k", count: 80),
        ])
    func badKeyword(keyword: String) {
        #expect(throws: PNGError.badKeyword(keyword)) { try PNGText(keyword: keyword, text: "x") }
    }

    @Test("a keyword of 79 characters is allowed")
    func longestKeyword() throws {
        let keyword = String(repeating: "k", count: 79)
        #expect(try chunks([PNGText(keyword: keyword, text: "x")])[1].data == Array("\(keyword)\0x".utf8))
    }

    @Test("a NUL in a text is refused, naming its keyword")
    func embeddedNUL() {
        #expect(throws: PNGError.textHoldsNUL(keyword: "Class")) { try PNGText(keyword: "Class", text: "a\0b") }
    }

    @Test("a large text is kept whole")
    func largeText() throws {
        let text = String(repeating: "settings ", count: 20_000)
        #expect(try chunks([PNGText(keyword: "Settings", text: text)])[1].data.count == 9 + text.utf8.count)
    }
}
