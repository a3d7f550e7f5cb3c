import Foundation
import JobQueue

/// Every store there is: the contract tests run over all of them.
enum StoreUnderTest: CaseIterable {
    case inMemory, sqlite, postgreSQL

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
        }
    }

    /// Of a file that is not there yet, in a folder that goes with the machine's temporary files.
    static func makePath() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: "jobs.sqlite").path
    }
}
