import Testing

@testable import JobQueue

@Suite(.timeLimit(.minutes(1)))
struct PreparedStatementsTests {
    private static let statement = "select $1 + 1"

    private func makeDatabase() throws -> PostgreSQLDatabase {
        PostgreSQLDatabase(PostgreSQLPool(try PostgreSQLServer.makeAddress(), connections: 1))
    }

    private func next(after number: Int64, in database: PostgreSQLDatabase) async throws -> Int64? {
        try await database.transaction(.reading) { session in
            try session.run(Self.statement, .integer(number)).first?.integer(0)
        }
    }

    private func names(in database: PostgreSQLDatabase) async throws -> Int {
        try await database.transaction(.reading) { session in
            try session.run("select name from pg_prepared_statements where statement = $1", .text(Self.statement)).count
        }
    }

    @Test func `a statement is prepared once`() async throws {
        let database = try makeDatabase()
        for number in 1...3 { #expect(try await next(after: Int64(number), in: database) == Int64(number + 1)) }
        #expect(try await names(in: database) == 1)
    }

    @Test func `what another connection prepared is missed once, and never again`() async throws {
        let database = try makeDatabase()
        #expect(try await next(after: 1, in: database) == 2)
        // As if a pooler had given the transaction to another connection to the server.
        try await database.transaction(.reading) { try $0.run("deallocate all") }
        #expect(try await next(after: 2, in: database) == 3)
        #expect(try await names(in: database) == 0)
    }

    @Test func `the same text with parameters of other types is another statement`() async throws {
        let database = try makeDatabase()
        let found = try await database.transaction(.reading) { session in
            try [SQLValue.integer(7), .text("seven"), .integer(8)].map { value in
                try session.run("select $1", value).first?.values.first
            }
        }
        #expect(found == [.integer(7), .text("seven"), .integer(8)])
    }
}
