import CPNG

/// A PNG file read back by libpng's simplified API.
struct DecodedPNG: Equatable {
    var width: Int
    var height: Int
    var pixels: [UInt8]

    enum Fault: Error { case unreadable }

    init(_ file: [UInt8], channels: Int) throws {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        guard png_image_begin_read_from_memory(&image, file, file.count) != 0 else { throw Fault.unreadable }
        defer { png_image_free(&image) }
        // PNG_FORMAT_GRAY is 0, PNG_FORMAT_RGB is the colour flag alone.
        image.format = channels == 1 ? 0 : png_uint_32(PNG_FORMAT_FLAG_COLOR)
        pixels = [UInt8](repeating: 0, count: Int(image.width) * Int(image.height) * channels)
        guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else { throw Fault.unreadable }
        width = Int(image.width)
        height = Int(image.height)
    }
}
