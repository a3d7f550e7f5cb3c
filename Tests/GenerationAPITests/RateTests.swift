import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

@testable import GenerationAPI

/// How much work a key may ask for.
struct RateTests {
    private let start = ContinuousClock.now

    private func bucket(perSecond: Double, burst: Double) -> TokenBucket {
        TokenBucket(WorkRate(perSecond, burst: burst, in: .gflop), at: start)
    }

    @Test func `a full bucket gives its burst at once, and then what time brings`() {
        var bucket = bucket(perSecond: 10, burst: 100)
        #expect(bucket.take(60, at: start) == nil)
        #expect(bucket.take(40, at: start) == nil)
        #expect(bucket.take(30, at: start) == .seconds(3))
        #expect(bucket.take(30, at: start + .seconds(2)) == .seconds(1))
        #expect(bucket.take(30, at: start + .seconds(3)) == nil)
    }

    @Test func `what is told to wait is taken after exactly that wait`() throws {
        var bucket = bucket(perSecond: 3, burst: 7)
        var now = start
        for amount in [1.0, 5, 0.3, 7, 2.2, 6.9] {
            if let wait = bucket.take(amount, at: now) {
                now += wait
                #expect(bucket.take(amount, at: now) == nil)
            }
        }
    }

    @Test func `a bucket never holds more than its burst`() {
        var bucket = bucket(perSecond: 10, burst: 100)
        #expect(bucket.take(100, at: start + .seconds(1000)) == nil)
        #expect(bucket.take(1, at: start + .seconds(1000)) == .seconds(0.1))
        bucket.giveBack(1e6)
        #expect(bucket.take(100, at: start + .seconds(1000)) == nil)
        #expect(bucket.take(100, at: start + .seconds(1000)) == .seconds(10))
    }

    @Test func `a job that is more than the burst is taken from a full bucket, and its debt is waited for`() {
        var bucket = bucket(perSecond: 10, burst: 100)
        #expect(bucket.take(250, at: start) == nil)
        #expect(bucket.take(100, at: start) == .seconds(25))
        #expect(bucket.take(250, at: start + .seconds(25)) == nil)
    }

    @Test func `a clock that goes back brings nothing`() {
        var bucket = bucket(perSecond: 10, burst: 100)
        #expect(bucket.take(100, at: start) == nil)
        #expect(bucket.take(10, at: start - .seconds(5)) == .seconds(1))
    }

    @Test(
        arguments: [
            ("500 GFLOP/s", nil, "500 GFLOP/s, burst 30000 GFLOP"), ("0.5 s/s", "20 s", "0.5 s/s, burst 20 s"),
            ("1e3 GFLOP/s", "5 GFLOP", "1000 GFLOP/s, burst 5 GFLOP"),
        ] as [(String, String?, String)])
    func `rates are read with their unit`(rate: String, burst: String?, text: String) throws {
        #expect(try WorkRate(rate: rate, burst: burst).description == text)
    }

    @Test(
        arguments: [
            ("500", nil), ("500 GFLOP", nil), ("0 GFLOP/s", nil), ("-1 s/s", nil), ("nan s/s", nil),
            ("inf GFLOP/s", nil),
            ("500GFLOP/s", nil), ("500  GFLOP/s", nil), ("5 jobs/s", nil), ("500 GFLOP/s", "3 s"),
            ("500 GFLOP/s", "0 GFLOP"),
        ] as [(String, String?)])
    func `a rate that makes no sense is refused with what it was`(rate: String, burst: String?) {
        let error = #expect(throws: WorkRate.Fault.self) { try WorkRate(rate: rate, burst: burst) }
        #expect(error?.description.contains("\"\(burst ?? rate)\"") == true)
    }

    // MARK: Through the API

    private static let body = #"{"class": 7}"#

    /// The work of the body's job.
    private func work() async throws -> Double {
        let api = APIHarness()
        return try #require(try await api.queue.job(try await api.submitJob(Self.body)).value).job.work.gflop
    }

    @Test func `a key that has used up its rate is told so, and when to come back`() async throws {
        let work = try await work()
        let clock = ManualClock()
        let rate = WorkRate(work / 10, burst: 2 * work, in: .gflop)
        let api = APIHarness(keys: KeyRing([.example("alice", rate: rate), .example("bob")], now: { clock.now }))
        for _ in 0..<2 { #expect(await api.submit(Self.body, headers: .key("alice")).status == 202) }
        let refused = await api.submit(Self.body, headers: .key("alice"))
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "10")
        #expect(try refused.document()["type"] == .string("urn:underpaint:problem:rate-limited"))
        #expect(try refused.document()["detail"].text.contains("\(rate)"))
        #expect(await api.submit(Self.body, headers: .key("bob")).status == 202)
        clock.advance(by: .seconds(9))
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 429)
        clock.advance(by: .seconds(1))
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 202)
    }

    @Test func `every entry point counts, and a long wait is told as it is`() async throws {
        let clock = ManualClock()
        let rate = WorkRate(try await work() / 1000, burst: try await work(), in: .gflop)
        let api = APIHarness(keys: KeyRing([.example("alice", rate: rate)], now: { clock.now }))
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 202)
        var headers = HTTPFields.key("alice")
        headers[.contentType] = "application/json"
        let refused = await api.send("POST", "/v1/images/generations", body: #"{"prompt": "7"}"#, headers: headers)
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1000")
        #expect(try refused.document()["error"]?["code"] == .string("rate_limit_exceeded"))
        #expect(refused.headers[.shouldRetry] == nil)
    }

    @Test func `what makes no job costs nothing`() async throws {
        let clock = ManualClock()
        let rate = WorkRate(0.001, burst: try await work(), in: .gflop)
        let api = APIHarness(
            store: InMemoryJobStore(limits: .init(queuedJobs: 1)),
            keys: KeyRing([.example("alice", rate: rate), .example("bob")], now: { clock.now }))
        // Full: refused for another reason.
        #expect(await api.submit(Self.body, headers: .key("bob")).status == 202)
        let refused = await api.submit(Self.body, headers: .key("alice"))
        #expect(try refused.document()["type"] == .string("urn:underpaint:problem:queue-full"))
        _ = try await api.claimNext()
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 202)
    }

    @Test func `a rate in seconds counts by the measured speed of this machine`() async throws {
        let clock = ManualClock()
        let rate = WorkRate(0.5, burst: 1, in: .seconds)
        let api = APIHarness(keys: KeyRing([.example("alice", rate: rate)], now: { clock.now }))
        // Before a job is measured nobody knows what a second is.
        for _ in 0..<3 { #expect(await api.submit(Self.body, headers: .key("alice")).status == 202) }
        try await api.completeNext(total: .seconds(1))
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 202)
        let refused = await api.submit(Self.body, headers: .key("alice"))
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "2")
        #expect(try refused.document()["detail"].text.contains("0.5 s/s, burst 1 s"))
    }

    @Test func `a reload leaves what was used of a rate that stays`() async throws {
        let clock = ManualClock()
        let rate = WorkRate(0.001, burst: try await work(), in: .gflop)
        let ring = KeyRing([.example("alice", rate: rate)], now: { clock.now })
        let api = APIHarness(keys: ring)
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 202)
        ring.replace(with: [.example("alice", rate: rate, share: 2)])
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 429)
        ring.replace(with: [.example("alice", rate: WorkRate(1, burst: 1e9, in: .gflop))])
        #expect(await api.submit(Self.body, headers: .key("alice")).status == 202)
    }
}
