import CPNG

/// An 8-bit image that can become a PNG file.
package struct PNGImage: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// 1 is grey, 3 is RGB.
    package let channels: Int
    /// Rows from the top, pixels from the left, channels interleaved: height * width * channels values.
    package let pixels: [UInt8]

    /// - Throws: `PNGError` with the value that does not fit.
    package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) throws(PNGError) {
        let sides = 1...1_000_000
        guard sides.contains(width), sides.contains(height) else {
            throw .unsupportedSize(width: width, height: height)
        }
        guard channels == 1 || channels == 3 else { throw .unsupportedChannelCount(channels) }
        guard pixels.count == width * height * channels else {
            throw .wrongPixelCount(pixels.count, expected: width * height * channels)
        }
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// The PNG file. The same image and metadata give the same bytes (for one version of libpng and zlib).
    ///
    /// - Parameter metadata: written before the pixels, in this order.
    /// - Throws: `PNGError.encoding` if libpng refuses or memory runs out.
    package func encoded(metadata: [PNGText] = []) throws(PNGError) -> [UInt8] {
        let strings = TextStorage(metadata)
        var output = unsafe underpaint_png_output()
        // SAFETY: every pointer outlives the call, which keeps none; the pixel count was checked by the initialiser.
        unsafe pixels.withUnsafeBufferPointer { pixels in
            unsafe strings.withTexts { texts in
                unsafe underpaint_png_encode(
                    pixels.baseAddress, UInt32(width), UInt32(height), UInt32(channels), texts.baseAddress,
                    texts.count, &output)
            }
        }
        defer { unsafe free(output.bytes) }
        let message = unsafe withUnsafeBytes(of: output.message) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard message.isEmpty else { throw .encoding(message) }
        return unsafe Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
