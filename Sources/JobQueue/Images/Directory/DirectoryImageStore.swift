import FoundationEssentials
import Generation
import Glibc

/// Images as files: PATH/IDENTITY/xx/NAME, where xx are the first two random characters of the job's id.
final class DirectoryImageStore: ImageStore {
    /// How many files are read and written at the same time.
    private static let threadCount = 4
    /// What began to be written this long ago is not written any more.
    private static let unfinishedAge = 3600.0

    private let root: String
    private let threads = ThreadPool<Void>(named: "images", count: threadCount) {}

    /// Makes the folder if it is not there. Blocks.
    ///
    /// - Throws: `ImageStoreError.unusable`.
    init(path: String, identity: String) throws {
        root = "\(path)/\(identity)"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Self.makeFolder(root, in: path)
            let probe = "\(root)/\(Self.unfinishedPrefix)probe"
            try OpenFile(probe, .writing).write([])
            try FileSystem.remove(probe)
        } catch let fault as FileSystemFault {
            throw ImageStoreError.unusable(place: path, reason: fault.description)
        } catch {
            throw ImageStoreError.unusable(place: path, reason: "the folder cannot be made")
        }
    }

    func put(_ images: [StoredImage], of job: JobID) async throws {
        try await run { root in
            let folder = Self.folder(of: job, in: root)
            try Self.makeFolder(folder, in: root)
            for image in images {
                let name = ImageName(image.facts, of: job)
                let unfinished = "\(folder)/\(Self.unfinishedPrefix)\(UInt64.random(in: .min ... .max))-\(name)"
                do {
                    let file = try OpenFile(unfinished, .writing)
                    try file.write(image.png)
                    try file.synchronise()
                    try FileSystem.rename(unfinished, "\(folder)/\(name)")
                } catch {
                    // What is left of it is removed by `names` otherwise.
                    try? FileSystem.remove(unfinished)
                    throw error
                }
            }
            // The names are as durable as what they name.
            try OpenFile(folder, .folder).synchronise()
        }
    }

    func png(_ name: ImageName, byteCount: Int) async throws -> [UInt8]? {
        try await run { root in
            do {
                return try OpenFile(Self.path(of: name, in: root), .reading).read(upTo: byteCount)
            } catch let fault as FileSystemFault where fault.isNotThere {
                // A disk that is not mounted has lost nothing.
                guard try FileSystem.changedAt(root) != nil else { throw FileSystemFault(root, ENOENT) }
                return nil
            }
        }
    }

    func remove(_ names: [ImageName]) async throws {
        try await run { root in
            for name in names { try FileSystem.remove(Self.path(of: name, in: root)) }
        }
    }

    /// A page is a folder.
    func names(after cursor: String?) async throws -> ImageNamePage {
        try await run { root in
            let folders = try FileSystem.names(in: root).filter { $0.utf8.count == 2 }.sorted()
            guard let folder = folders.first(where: { $0 > cursor ?? "" }) else {
                return ImageNamePage(names: [], next: nil)
            }
            let files = try FileSystem.names(in: "\(root)/\(folder)")
            let oldest = Date(timeIntervalSinceNow: -Self.unfinishedAge)
            for file in files where file.hasPrefix(Self.unfinishedPrefix) {
                let path = "\(root)/\(folder)/\(file)"
                if let changed = try FileSystem.changedAt(path), changed < oldest { try FileSystem.remove(path) }
            }
            return ImageNamePage(
                names: files.compactMap(ImageName.init), next: folder == folders.last ? nil : folder)
        }
    }

    private static let unfinishedPrefix = "."

    private static func folder(of job: JobID, in root: String) -> String {
        "\(root)/\(job.description.dropFirst(4).prefix(2))"
    }

    private static func path(of name: ImageName, in root: String) -> String {
        "\(folder(of: name.job, in: root))/\(name)"
    }

    private static func makeFolder(_ folder: String, in parent: String) throws(FileSystemFault) {
        if try FileSystem.makeFolder(folder) { try OpenFile(parent, .folder).synchronise() }
    }

    private func run<T: Sendable>(_ body: @escaping @Sendable (String) throws -> T) async throws -> T {
        try await threads.run { [root] _ in
            do {
                return try body(root)
            } catch let fault as FileSystemFault {
                throw JobStoreError.unavailable("images: \(fault)")
            }
        }
    }
}
