import Glibc

/// Holds a file beside a store, so that no second process opens the same one. The system lets go of it when the process
/// ends, however it ends.
final class StoreLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `SQLiteFileError.inUse`; `.unusable` where the file cannot be made.
    init(path: String) throws(SQLiteFileError) {
        descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .inUse(path: path)
        }
    }

    deinit { close(descriptor) }
}
