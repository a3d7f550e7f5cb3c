/// Bytes that are read a piece at a time: a file of any size, in little memory.
package protocol ByteSource: AnyObject {
    /// Path, for errors.
    var path: String { get }
    var byteCount: Int { get }

    /// - Parameters:
    ///   - offset, count: inside the source; the caller has checked that.
    func bytes(at offset: Int, count: Int) throws(CheckpointError) -> [UInt8]
}

extension ByteSource {
    /// - Parameter range: of what is read, in words, for the error.
    /// - Throws: `reason` if the range lies outside.
    package func checkedBytes(at offset: Int, count: Int, what: String) throws(CheckpointError) -> [UInt8] {
        guard offset >= 0, count >= 0, count <= byteCount, offset <= byteCount - count else {
            throw .malformedArchive(
                file: path, reason: "\(what) at byte \(offset) lies outside the file of \(byteCount) bytes")
        }
        return try bytes(at: offset, count: count)
    }
}
