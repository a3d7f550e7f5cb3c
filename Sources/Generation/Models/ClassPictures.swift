/// One small picture of each of a model's classes, all in one PNG.
package struct ClassPictures: Sendable, Equatable {
    /// The classes stand in rows from the top left, in their order.
    package let png: [UInt8]
    /// Pictures in a row.
    package let columns: Int
    /// Pixels of a picture's sides.
    package let side: Int
    package let sha256: SHA256Digest

    /// - Parameters:
    ///   - width: pixels of the whole.
    ///   - height: pixels of the whole.
    /// - Returns: nil if the size is not that of so many pictures.
    package init?(png: [UInt8], width: Int, height: Int, classCount: Int) {
        let columns = Self.columns(classCount: classCount)
        guard classCount > 0, width > 0, width % columns == 0 else { return nil }
        side = width / columns
        guard height == side * ((classCount + columns - 1) / columns) else { return nil }
        self.png = png
        self.columns = columns
        sha256 = SHA256Digest(of: png)
    }

    /// A whole that is about as wide as high.
    package static func columns(classCount: Int) -> Int {
        max(1, Int(Double(classCount).squareRoot().rounded(.up)))
    }
}
