import CPNG

/// A PNG file that was read: its pixels, and its text chunks in their order.
package struct PNGFile: Sendable, Equatable {
    package let image: PNGImage
    package let texts: [PNGText]

    /// Reads a file from anywhere: what is wrong with it is an error, and its memory is bounded by the sides.
    ///
    /// Palettes and 16 bits become 8-bit grey or RGB, and transparency is left out. Texts whose keyword or characters no PNG
    /// may have are left out too.
    /// - Parameters:
    ///   - widest: largest width, in pixels, at least 1.
    ///   - highest: largest height, in pixels, at least 1.
    /// - Throws: `PNGError.decoding` for what is no whole PNG, `.tooLarge`.
    package init(_ bytes: [UInt8], widest: Int, highest: Int) throws(PNGError) {
        var input = unsafe underpaint_png_input()
        // SAFETY: the bytes outlive the call; what it leaves behind is copied before it is released.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe underpaint_png_decode(
                bytes.baseAddress, bytes.count, UInt32(clamping: widest), UInt32(clamping: highest), &input)
        }
        defer { unsafe underpaint_png_release(&input) }
        let (width, height, channels) = unsafe (Int(input.width), Int(input.height), Int(input.channels))
        if unsafe input.is_too_large != 0 {
            throw .tooLarge(width: width, height: height, widest: widest, highest: highest)
        }
        let message = unsafe withUnsafeBytes(of: input.message) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard message.isEmpty else { throw .decoding(message) }
        image = try PNGImage(
            width: width, height: height, channels: channels,
            pixels: unsafe Array(UnsafeBufferPointer(start: input.pixels, count: width * height * channels)))
        texts = unsafe UnsafeBufferPointer(start: input.texts, count: input.text_count).compactMap { entry in
            try? PNGText(
                keyword: unsafe Self.string(entry.keyword, isUTF8: false),
                text: unsafe Self.string(entry.text, isUTF8: entry.utf8 != 0))
        }
    }

    /// The first text with this keyword.
    package func text(of keyword: String) -> String? {
        texts.first { $0.keyword == keyword }?.text
    }

    /// - Parameter pointer: to bytes that end with NUL.
    private static func string(_ pointer: UnsafePointer<CChar>?, isUTF8: Bool) -> String {
        guard let pointer = unsafe pointer else { return "" }
        let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))
        if isUTF8 { return unsafe String(decoding: bytes, as: UTF8.self) }
        let scalars = unsafe bytes.map { Unicode.Scalar($0) }
        return String(String.UnicodeScalarView(scalars))
    }
}
