/// Why an image could not become a PNG file, or a file an image.
package enum PNGError: Error, Equatable, CustomStringConvertible {
    /// A side is outside 1...1,000,000 pixels, libpng's own limit.
    case unsupportedSize(width: Int, height: Int)
    /// Neither 1 (grey) nor 3 (RGB).
    case unsupportedChannelCount(Int)
    case wrongPixelCount(Int, expected: Int)
    /// Not 1 to 79 printable Latin-1 characters, or spaces at an end or in a row (PNG specification, 11.3.4.2).
    case badKeyword(String)
    /// The text of this keyword holds a NUL character, which no PNG text chunk can carry.
    case textHoldsNUL(keyword: String)
    /// libpng gave up, in its words.
    case encoding(String)
    /// The file is no PNG, or is damaged; in libpng's words.
    case decoding(String)
    /// The file's image has a side that is longer than it may be.
    case tooLarge(width: Int, height: Int, widest: Int, highest: Int)

    package var description: String {
        switch self {
        case .unsupportedSize(let width, let height): "cannot encode \(width) x \(height) pixels as PNG"
        case .unsupportedChannelCount(let count): "cannot encode \(count) channels as PNG: 1 (grey) or 3 (RGB)"
        case .wrongPixelCount(let count, let expected): "\(count) channel values for an image that has \(expected)"
        case .badKeyword(let keyword): "\"\(keyword)\" is not a PNG keyword: 1 to 79 printable Latin-1 characters"
        case .textHoldsNUL(let keyword): "the text of PNG keyword \"\(keyword)\" holds a NUL character"
        case .encoding(let message): "libpng: \(message)"
        case .decoding(let message): "no PNG file, or a damaged one: \(message)"
        case .tooLarge(let width, let height, let widest, let highest):
            "the PNG has \(width) x \(height) pixels, more than \(widest) x \(highest)"
        }
    }
}
