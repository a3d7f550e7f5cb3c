import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A file mapped read-only into memory, unmapped with the object.
@safe final class MappedFile {
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// - Throws: `CheckpointError.unreadable`.
    init(path: String) throws(CheckpointError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "not a regular file")
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw .unreadable(file: path, reason: "the file is empty") }
        guard let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe address != MAP_FAILED
        else { throw Self.failure(path) }
        unsafe bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }

    private static func failure(_ path: String) -> CheckpointError {
        .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
    }
}
