/// One entry of a PNG's text metadata: a tEXt chunk, or an iTXt chunk where Latin-1 cannot hold the text.
package struct PNGText: Sendable, Equatable {
    package let keyword: String
    package let text: String

    /// - Parameters:
    ///   - keyword: 1 to 79 printable Latin-1 characters, without spaces at an end or in a row.
    ///   - text: anything without NUL, which ends a text for libpng.
    package init(keyword: String, text: String) throws(PNGError) {
        let scalars = Array(keyword.unicodeScalars)
        let spacesSeparateWords =
            scalars.first != " " && scalars.last != " "
            && !zip(scalars, scalars.dropFirst()).contains { $0 == " " && $1 == " " }
        guard (1...79).contains(scalars.count), spacesSeparateWords, scalars.allSatisfy(Self.isPrintableLatin1) else {
            throw .badKeyword(keyword)
        }
        guard !text.unicodeScalars.contains("\0") else { throw .textHoldsNUL(keyword: keyword) }
        self.keyword = keyword
        self.text = text
    }

    /// Whether the text needs iTXt: tEXt holds printable Latin-1 and line feeds.
    var needsUTF8: Bool {
        !text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\u{A0}" || Self.isPrintableLatin1($0) }
    }

    var keywordBytes: [UInt8] { Self.latin1(keyword) }

    var textBytes: [UInt8] { needsUTF8 ? Array(text.utf8) : Self.latin1(text) }

    private static func isPrintableLatin1(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0xFF: true
        default: false
        }
    }

    private static func latin1(_ string: String) -> [UInt8] {
        string.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
