import Foundation

extension SHA256Digest {
    /// Of a file of any size.
    /// - Parameter onProgress: gets the number of bytes that were read since its last call.
    package init(ofFile path: String, onProgress: (Int) -> Void) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            hash.update(Array(piece))
            onProgress(piece.count)
        }
        self.init(hash)
    }
}
