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

    /// Gives the memory of these bytes back; it is read from the file again where it is needed again. Else a model takes its
    /// file's size on top of its own while it is loaded.
    func release(_ range: Range<Int>) {
        let page = Int(sysconf(CInt(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        guard start < end, let base = unsafe bytes.baseAddress else { return }
        unsafe madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }

    private static func failure(_ path: String) -> CheckpointError {
        .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
    }
}
