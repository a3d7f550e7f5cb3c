import Generation
import Synchronization
import Testing

@testable import JobQueue

/// Previews between processes that share a PostgreSQL database, and beside an exchange that is slow.
@Suite(.timeLimit(.minutes(1)))
struct PreviewSharingTests {
    /// As a process has it.
    private func makeQueue(at address: String, losesNews: Bool = false) throws -> JobQueue {
        let store = try SQLJobStore(postgreSQL: address, connections: 2)
        let signals: any JobSignals = losesNews ? NoSignals() : PostgreSQLSignals(listenAt: address, store: store)
        return JobQueue(
            store, signals: signals, previews: PostgreSQLPreviews(address),
            rereadInterval: .milliseconds(losesNews ? 10 : 1000))
    }

    private func rowCount(_ table: String, at address: String) async throws -> Int64? {
        let database = PostgreSQLDatabase(PostgreSQLPool(address, connections: 1))
        return try await database.transaction(.reading) { session in
            try session.run("select count(*) from \(table)").first?.integer(0)
        }
    }

    @Test(arguments: [false, true])
    func `a listener of another process sees what is painted, in order, and nothing is left of it`(
        losesNews: Bool
    ) async throws {
        let address = try PostgreSQLServer.makeAddress()
        let (worker, api) = try (makeQueue(at: address, losesNews: losesNews), makeQueue(at: address))
        let job = try await api.submitJob(.example(count: 2, previews: true))
        let lease = try #require(try await worker.claimNext()).lease
        let sharing = Task { await worker.sharePreviews() }
        var history = api.history(of: job.id).makeAsyncIterator()
        #expect(try await history.next()?.snapshot?.job.state.status == .running)
        for preview in [ImagePreview.example(0, step: 1), .example(1, step: 2), .example(0, step: 3)] {
            worker.show(preview, of: lease)
            #expect(try await history.next() == .preview(preview))
        }
        var late = api.history(of: job.id).makeAsyncIterator()
        #expect(try await late.next()?.snapshot?.job.state.status == .running)
        #expect(try await late.next() == .preview(.example(1, step: 2)))
        #expect(try await late.next() == .preview(.example(0, step: 3)))
        worker.dropPreviews(of: lease)
        try await worker.complete(lease, with: .example(count: 2))
        #expect(try await history.next()?.snapshot?.job.state.status == .completed)
        while try await rowCount("previews", at: address) != 0 { await Task.yield() }
        sharing.cancel()
        await sharing.value
    }

    @Test func `nothing is written while nobody looks`() async throws {
        let address = try PostgreSQLServer.makeAddress()
        let queue = try makeQueue(at: address)
        let exchange = try #require(queue.exchange)
        let job = try await queue.submitJob(.example(previews: true))
        let lease = try #require(try await queue.claimNext()).lease
        queue.show(.example(0, step: 1), of: lease)
        var sharing = PreviewSharing()
        #expect(try await sharing.share(queue.board, through: exchange) == [])
        #expect(try await rowCount("previews", at: address) == 0)
        #expect(try await exchange.want(job.id))
        #expect(try await !exchange.want(job.id))
        queue.show(.example(0, step: 2), of: lease)
        #expect(try await sharing.share(queue.board, through: exchange) == [job.id])
        #expect(try await exchange.previews(of: job.id, attempt: 1, after: nil) == [.example(0, step: 2)])
        #expect(try await exchange.previews(of: job.id, attempt: 1, after: 2) == [])
        #expect(try await sharing.share(queue.board, through: exchange) == [])
        queue.dropPreviews(of: lease)
        #expect(try await sharing.share(queue.board, through: exchange) == [])
        #expect(try await rowCount("previews", at: address) == 0)
    }

    @Test func `who listens where the job runs needs no exchange`() async throws {
        let address = try PostgreSQLServer.makeAddress()
        let queue = try makeQueue(at: address)
        let job = try await queue.submitJob(.example(previews: true))
        var history = queue.history(of: job.id).makeAsyncIterator()
        _ = try await history.next()
        let lease = try #require(try await queue.claimNext()).lease
        #expect(try await history.next()?.snapshot?.job.state.status == .running)
        queue.show(.example(0, step: 1), of: lease)
        #expect(try await history.next() == .preview(.example(0, step: 1)))
        #expect(try await rowCount("preview_wishes", at: address) == 0)
    }

    @Test func `a wish ends by itself`() async throws {
        let exchange = PostgreSQLPreviews(try addressWithTables(), wishLife: .zero)
        let id = JobID()
        #expect(try await exchange.want(id))
        #expect(try await exchange.wanted(among: [id]) == [])
        #expect(try await PostgreSQLPreviews(try addressWithTables()).want(id))
    }

    @Test func `a worker that was given up for lost paints over nobody, and what is over is swept away`() async throws {
        let address = try addressWithTables()
        let queue = try makeQueue(at: address)
        let exchange = try #require(queue.exchange)
        let job = try await queue.submitJob(.example(previews: true))
        let first = try #require(try await queue.next(by: .first, models: ["fashion"], for: .zero)).lease
        try await exchange.put([.example(0, step: 7)], of: first)
        #expect(try await queue.rescue(attemptLimit: 3).requeued == [job.id])
        let second = try #require(try await queue.claimNext(by: .second)).lease
        try await exchange.put([.example(0, step: 1)], of: second)
        try await exchange.put([.example(0, step: 9)], of: first)
        #expect(try await exchange.previews(of: job.id, attempt: 2, after: nil) == [.example(0, step: 1)])
        #expect(try await exchange.previews(of: job.id, attempt: 1, after: nil) == [])
        try await exchange.sweep()
        #expect(try await rowCount("previews", at: address) == 1)
        try await queue.complete(second, with: .example())
        try await exchange.sweep()
        #expect(try await rowCount("previews", at: address) == 0)
    }

    private func addressWithTables() throws -> String {
        let address = try PostgreSQLServer.makeAddress()
        try SQLJobStore.migrate(postgreSQL: address)
        return address
    }

    @Test func `an exchange that hangs holds up neither painting nor end, and then gets the newest`() async throws {
        let exchange = StuckExchange()
        let queue = JobQueue(InMemoryJobStore(), previews: exchange, rereadInterval: .milliseconds(5))
        let sharing = Task { await queue.sharePreviews() }
        _ = try await queue.submitJob(.example(previews: true))
        let lease = try #require(try await queue.claimNext()).lease
        queue.show(.example(0, step: 1), of: lease)
        var puts = exchange.puts.stream.makeAsyncIterator()
        #expect(await puts.next() == [.example(0, step: 1)])
        for step in 2...200 { queue.show(.example(0, step: step), of: lease) }
        try await queue.complete(lease, with: .example())
        exchange.open.continuation.yield()
        #expect(await puts.next() == [.example(0, step: 200)])
        queue.dropPreviews(of: lease)
        exchange.open.continuation.finish()
        sharing.cancel()
        await sharing.value
    }
}

/// A database that answers when the test says so. Everybody looks at everything.
private final class StuckExchange: PreviewExchange {
    let puts = AsyncStream<[ImagePreview]>.makeStream()
    let open = AsyncStream<Void>.makeStream()

    func want(_ id: JobID) async throws -> Bool { true }

    func wanted(among ids: Set<JobID>) async throws -> Set<JobID> { ids }

    func put(_ previews: [ImagePreview], of lease: JobLease) async throws {
        puts.continuation.yield(previews)
        for await _ in open.stream { return }
    }

    func previews(of id: JobID, attempt: Int, after step: Int?) async throws -> [ImagePreview] { [] }

    func drop(_ lease: JobLease) async throws {}

    func sweep() async throws {}
}
