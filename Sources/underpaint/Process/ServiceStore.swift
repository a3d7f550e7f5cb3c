import Foundation
import JobQueue
import Logging

/// The store that is configured, opened.
struct ServiceStore {
    let queue: JobQueue
    /// Of this process among all that share the store.
    let processName: String

    /// Name of this machine.
    static let host = ProcessInfo.processInfo.hostName
    /// Whether other processes may use it at the same time.
    let isShared: Bool
    /// How long news may be lost before it is noticed, and how old the progress may be that another process shows.
    static let rereadInterval = Duration.seconds(1)

    /// Blocks while it opens.
    ///
    /// - Parameter servesClients: whether the process has any.
    /// - Throws: `SQLiteFileError`, `PostgreSQLStoreError`, `ImageStoreError`; `StoreFolderError`, `ImagesSettingError`.
    init(_ settings: ServiceConfiguration, servesClients: Bool, logger: Logger) throws {
        let (limits, images) = (settings.queue, try ImagePlace(settings))
        switch settings.store.database {
        case .memory:
            guard case .database = images else { throw ImagesSettingError.memory(images: settings.store.images.text) }
            queue = JobQueue(InMemoryJobStore(limits: limits))
            isShared = false
            processName = "worker"
        case .sqlite(let path):
            let path = try path ?? Self.defaultPath(in: settings.store.directory)
            queue = JobQueue(try SQLJobStore(sqliteFile: path, images: images, limits: limits))
            isShared = false
            processName = "worker"
            logger.info(
                "jobs are kept", metadata: ["store": "sqlite:\(path)", "images": "\(settings.store.images.text)"])
        case .postgreSQL(let address):
            let store = try SQLJobStore(postgreSQL: address, connections: 4, images: images, limits: limits)
            let signals = PostgreSQLSignals(
                listenAt: settings.store.listenAddress ?? address, store: store, servesClients: servesClients)
            queue = JobQueue(
                store, signals: signals, previews: PostgreSQLPreviews(address), processes: PostgreSQLProcesses(store),
                rereadInterval: Self.rereadInterval)
            isShared = true
            // Names come again after a restart; a lease of the process before is not ours.
            let number = ProcessInfo.processInfo.processIdentifier
            processName = "\(Self.host)-\(number)-\(UInt32.random(in: .min ... .max))"
            logger.info(
                "jobs are kept",
                metadata: [
                    "store": "\(settings.store.database.text)", "images": "\(settings.store.images.text)",
                ])
        }
    }

    private static func defaultPath(in directory: String) throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw StoreFolderError(path: directory)
        }
        return URL(filePath: directory).appending(path: "jobs.sqlite").path
    }
}

/// The state directory cannot be made.
struct StoreFolderError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "cannot make the state directory \(path): set store.directory to one that can be written, or store.database to memory"
    }
}
