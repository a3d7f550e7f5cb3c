import Foundation
package import Generation
package import PNGEncoder

extension ClassPictures {
    /// Name of the file beside `model.json`.
    package static let fileName = "classes.png"
    /// Pixels of a picture's sides: what a list shows, and a thousand of them are a small file.
    package static let largestSide = 64

    /// - Parameter file: the model's `model.json`.
    /// - Returns: nil if there are none.
    /// - Throws: `ModelLibraryError.unusablePictures`.
    init?(besideFile file: String, classCount: Int) throws {
        let url = URL(filePath: file).deletingLastPathComponent().appending(path: Self.fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let longest = Self.largestSide * Self.columns(classCount: classCount)
        let (png, image): ([UInt8], PNGImage)
        do {
            png = [UInt8](try Data(contentsOf: url))
            image = try PNGFile(png, widest: longest, highest: longest).image
        } catch {
            throw ModelLibraryError.unusablePictures(file: url.path, reason: "\(error)")
        }
        guard let pictures = Self(png: png, width: image.width, height: image.height, classCount: classCount) else {
            throw ModelLibraryError.unusablePictures(
                file: url.path,
                reason: "\(image.width) x \(image.height) pixels are not those of \(classCount) square pictures")
        }
        self = pictures
    }

    /// The whole as a PNG.
    ///
    /// - Parameter images: one for each class, in their order, of the same size.
    /// - Throws: `PNGError`.
    package static func sheet(of images: [PNGImage]) throws(PNGError) -> PNGImage {
        let columns = columns(classCount: images.count)
        let rows = (images.count + columns - 1) / columns
        guard let first = images.first else { throw .unsupportedSize(width: 0, height: 0) }
        // Halved as often as it takes: a mean of whole pixels is sharp and never uneven.
        var factor = 1
        while max(first.width, first.height) / factor > largestSide { factor *= 2 }
        let (side, channels) = (min(first.width, first.height) / factor, first.channels)
        var pixels = [UInt8](repeating: 0, count: columns * side * rows * side * channels)
        for (index, image) in images.enumerated() {
            for y in 0..<side {
                for x in 0..<side {
                    let place = ((index / columns * side + y) * columns + index % columns) * side + x
                    for channel in 0..<channels {
                        pixels[place * channels + channel] = image.mean(x, y, channel, factor)
                    }
                }
            }
        }
        return try PNGImage(width: columns * side, height: rows * side, channels: channels, pixels: pixels)
    }
}

extension PNGImage {
    /// Of the square of `factor` pixels a side at (x, y) in such squares.
    fileprivate func mean(_ x: Int, _ y: Int, _ channel: Int, _ factor: Int) -> UInt8 {
        var sum = 0
        for row in (y * factor)..<((y + 1) * factor) {
            for column in (x * factor)..<((x + 1) * factor) {
                sum += Int(pixels[(row * width + column) * channels + channel])
            }
        }
        return UInt8((sum + factor * factor / 2) / (factor * factor))
    }
}
