import FoundationEssentials
import Glibc

/// What the system refuses of a file.
struct FileSystemFault: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    /// - Parameter code: `errno`, right after the call.
    init(_ path: String, _ code: Int32 = errno) {
        self.path = path
        self.code = code
    }

    var isNotThere: Bool { code == ENOENT }

    var description: String { unsafe "\(path): \(String(cString: strerror(code)))" }
}

/// What is done to files by their names.
enum FileSystem {
    /// - Returns: false: it is there.
    static func makeFolder(_ path: String) throws(FileSystemFault) -> Bool {
        if unsafe mkdir(path, 0o750) == 0 { return true }
        guard errno == EEXIST else { throw FileSystemFault(path) }
        return false
    }

    static func rename(_ path: String, _ other: String) throws(FileSystemFault) {
        guard unsafe Glibc.rename(path, other) == 0 else { throw FileSystemFault(path) }
    }

    /// Nothing is removed where nothing is.
    static func remove(_ path: String) throws(FileSystemFault) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileSystemFault(path) }
    }

    /// nil: it is not there.
    static func changedAt(_ path: String) throws(FileSystemFault) -> Date? {
        var facts = stat()
        if unsafe lstat(path, &facts) == 0 { return Date(timeIntervalSince1970: Double(facts.st_mtim.tv_sec)) }
        guard errno == ENOENT else { throw FileSystemFault(path) }
        return nil
    }

    /// Of what is in a folder, in no order.
    static func names(in folder: String) throws(FileSystemFault) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw FileSystemFault(folder) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileSystemFault(folder) }
        return names
    }
}

/// An open file or folder, closed with this.
struct OpenFile: ~Copyable {
    enum Purpose {
        case reading
        /// A new file, or an old one from its beginning.
        case writing
        case folder

        fileprivate var flags: Int32 {
            switch self {
            case .reading: O_RDONLY
            case .writing: O_WRONLY | O_CREAT | O_TRUNC
            case .folder: O_RDONLY | O_DIRECTORY
            }
        }
    }

    private let path: String
    private let descriptor: Int32

    init(_ path: String, _ purpose: Purpose) throws(FileSystemFault) {
        self.path = path
        descriptor = unsafe open(path, purpose.flags | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileSystemFault(path) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(FileSystemFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileSystemFault(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until everything is on the disk.
    func synchronise() throws(FileSystemFault) {
        guard fsync(descriptor) == 0 else { throw FileSystemFault(path) }
    }

    /// The first bytes, or all where there are no more.
    func read(upTo limit: Int) throws(FileSystemFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), limit - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileSystemFault(path) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(limit - filled)
        return bytes
    }
}
