import Foundation
import Testing

@testable import JobQueue

/// What is particular to a SQLite file: one process, the disk, and what may be wrong with it.
struct SQLiteFileTests {
    @Test func `what is promised waits for the disk, and only that`() async throws {
        let database = try SQLiteDatabase(path: StoreUnderTest.makePath())
        for (durability, level) in [(Durability.full, 2 as Int64), (.relaxed, 1), (.full, 2)] {
            let seen = try await database.transaction(durability) { session in
                try session.run("pragma synchronous").first?.integer(0)
            }
            #expect(seen == level)
        }
    }

    @Test func `two stores never share a file`() throws {
        let path = try StoreUnderTest.makePath()
        let store = try SQLJobStore(sqliteFile: path)
        #expect(throws: SQLiteFileError.inUse(path: path)) { try SQLJobStore(sqliteFile: path) }
        withExtendedLifetime(store) {}
    }

    @Test func `jobs are there when the file is opened again`() async throws {
        let path = try StoreUnderTest.makePath()
        let job = try await SQLJobStore(sqliteFile: path).submitJob(.example())
        #expect(try await SQLJobStore(sqliteFile: path).claimNext()?.job.id == job.id)
    }

    @Test func `a file that is no database is refused with its path`() throws {
        let path = try StoreUnderTest.makePath()
        try Data(repeating: 7, count: 5000).write(to: URL(filePath: path))
        #expect {
            try SQLJobStore(sqliteFile: path)
        } throws: { error in
            "\(error)".contains(path)
        }
    }

    @Test func `a folder that is not there is refused with the reason`() throws {
        #expect(
            throws: SQLiteFileError.unusable(path: "/nonexistent/jobs.sqlite", reason: "No such file or directory")
        ) { try SQLJobStore(sqliteFile: "/nonexistent/jobs.sqlite") }
    }
}
