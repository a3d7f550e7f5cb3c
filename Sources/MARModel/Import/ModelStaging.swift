import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A model directory in the making, beside where it will be. It gets its place and name in one step when it is whole: an
/// import that is killed leaves no half model, and the next one of the same name clears away what it left.
package final class ModelStaging {
    private let target: URL
    private let folder: URL
    /// Of `folder`: holds the lock that keeps a second import of the same name away.
    private let descriptor: CInt
    /// Whether the folder is ours to remove: not before the lock is held, not after the folder got its place.
    private var ownsFolder = false

    /// - Parameters:
    ///   - directory: of the models, made if missing.
    ///   - replacing: whether a model of this name may be there already.
    package init(name: String, in directory: String, replacing: Bool) throws {
        let root = URL(filePath: directory)
        target = root.appending(path: name)
        folder = root.appending(path: ".import-\(name).partial")
        if !replacing, FileManager.default.fileExists(atPath: target.path) {
            throw ModelStagingError.exists(target.path)
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw ModelStagingError.busy(folder.path)
        }
        ownsFolder = true
        for left in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder.appending(path: left))
        }
    }

    deinit {
        if ownsFolder { try? FileManager.default.removeItem(at: folder) }
        if descriptor >= 0 { close(descriptor) }
    }

    package func path(of file: String) -> String { folder.appending(path: file).path }

    /// Gives the directory its place.
    /// - Returns: its path.
    package func place() throws -> String {
        guard fsync(descriptor) == 0 else { throw ModelStagingError.notPlaced(target.path, reason: fault()) }
        let old = folder.appendingPathExtension("old")
        let replaces = FileManager.default.fileExists(atPath: target.path)
        if replaces {
            try? FileManager.default.removeItem(at: old)
            guard rename(target.path, old.path) == 0 else {
                throw ModelStagingError.notPlaced(target.path, reason: fault())
            }
        }
        guard rename(folder.path, target.path) == 0 else {
            let reason = fault()
            if replaces { rename(old.path, target.path) }
            throw ModelStagingError.notPlaced(target.path, reason: reason)
        }
        ownsFolder = false
        if replaces { try? FileManager.default.removeItem(at: old) }
        let parent = open(target.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
        return target.path
    }

    private func fault() -> String { String(cString: strerror(errno)) }
}

package enum ModelStagingError: Error, CustomStringConvertible {
    case exists(String)
    case busy(String)
    case notPlaced(String, reason: String)

    package var description: String {
        switch self {
        case .exists(let path): "\(path) exists; --force replaces it"
        case .busy(let path): "\(path) is in use: another import of this name is running"
        case .notPlaced(let path, let reason): "\(path): the model cannot be put there: \(reason)"
        }
    }
}
