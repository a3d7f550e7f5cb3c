import Foundation
import JobQueue

/// Every store there is: the contract tests run over all of them.
enum StoreUnderTest: CaseIterable {
    case inMemory, sqlite, postgreSQL, sqliteAndDirectory, postgreSQLAndS3

    func make(clock: TestClock, queueLimit: Int = 10) throws -> any JobStore {
        try make(clock: clock, limits: StoreLimits(queuedJobs: queueLimit))
    }

    func make(clock: TestClock, limits: StoreLimits) throws -> any JobStore {
        switch self {
        case .inMemory: return InMemoryJobStore(limits: limits, now: { clock.now })
        case .sqlite:
            return try SQLJobStore(sqliteFile: Self.makePath(), limits: limits, clock: { clock.now })
        case .postgreSQL:
            let address = try PostgreSQLServer.makeAddress()
            return try SQLJobStore(postgreSQL: address, connections: 2, limits: limits, clock: { clock.now })
        case .sqliteAndDirectory:
            let path = try Self.makePath()
            return try SQLJobStore(
                sqliteFile: path, images: .directory(path + ".images"), limits: limits, clock: { clock.now })
        case .postgreSQLAndS3:
            let address = try PostgreSQLServer.makeAddress()
            return try SQLJobStore(
                postgreSQL: address, connections: 2, images: try Self.server.get().place(), limits: limits,
                clock: { clock.now })
        }
    }

    /// One for all: each database has a folder of its own.
    private static let server = Result { try S3Server() }

    /// Of a file that is not there yet, in a folder that goes with the machine's temporary files.
    static func makePath() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: "jobs.sqlite").path
    }
}
