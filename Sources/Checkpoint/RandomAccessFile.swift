import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A file that is read with `pread`, closed with the object.
///
/// Not mapped: of a mapped file every page that was read counts as the process's memory, and checkpoints are larger than
/// the machine that imports them.
final class RandomAccessFile: ByteSource {
    let path: String
    let byteCount: Int
    private let descriptor: CInt

    /// - Throws: `CheckpointError.unreadable`.
    init(path: String) throws(CheckpointError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: path, reason: systemFault()) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = systemFault()
            close(descriptor)
            throw .unreadable(file: path, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(file: path, reason: "not a regular file")
        }
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func bytes(at offset: Int, count: Int) throws(CheckpointError) -> [UInt8] {
        var fault: String?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                guard let start = buffer.baseAddress else { break }
                let got = unsafe pread(
                    descriptor, start + initialized, count - initialized, off_t(offset + initialized))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    fault = got < 0 ? systemFault() : "it got shorter while it was read"
                    break
                }
                initialized += got
            }
        }
        if let fault { throw .unreadable(file: path, reason: fault) }
        return bytes
    }
}

/// `errno` in words.
func systemFault() -> String { unsafe String(cString: strerror(errno)) }
