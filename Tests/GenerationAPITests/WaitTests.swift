import Generation
import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

/// Replies that are held until the job is done.
struct WaitTests {
    private let png: HTTPFields = [.accept: "image/png"]

    @Test func `a client that prefers to wait gets the finished job`() async throws {
        let api = APIHarness()
        let response = try await api.withWorker {
            await api.submit(#"{"class": 7}"#, headers: [.prefer: "respond-async, wait=20"])
        }
        #expect(response.status == 200)
        #expect(response.headers[.preferenceApplied] == "wait=20")
        #expect(try response.document()["status"] == .string("completed"))
    }

    @Test func `a wait that is too short ends with 202`() async throws {
        let api = APIHarness()
        let response = await api.submit(#"{"class": 7}"#, headers: [.prefer: "wait=0"])
        #expect(response.status == 202)
        #expect(response.headers[.preferenceApplied] == "wait=0")
        #expect(response.headers[.location] != nil)
    }

    @Test func `who asks for a job may wait for its end too`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        let early = await api.send("GET", "/v1/generations/\(id)", headers: [.prefer: "wait=0"])
        #expect(early.status == 200 && early.headers[.preferenceApplied] == "wait=0")
        #expect(try early.document()["status"] == .string("queued"))
        let late = try await api.withWorker {
            await api.send("GET", "/v1/generations/\(id)", headers: [.prefer: "wait=20"])
        }
        #expect(late.status == 200 && late.headers[.preferenceApplied] == "wait=20")
        #expect(try late.document()["status"] == .string("completed"))
    }

    @Test func `a wait is cut to the limit`() async throws {
        let api = APIHarness(limits: APILimits(maximumWait: .seconds(1)))
        let response = await api.submit(#"{"class": 7}"#, headers: [.prefer: #"wait="99999999999999999999""#])
        #expect(response.status == 202)
        #expect(response.headers[.preferenceApplied] == "wait=1")
    }

    @Test(arguments: ["wait", "wait=", "wait=-1", "wait=soon", "waits=5", "respond-async"])
    func `a preference that makes no sense is ignored`(preference: String) async throws {
        let api = APIHarness()
        let response = await api.submit(#"{"class": 7}"#, headers: [.prefer: preference])
        #expect(response.status == 202)
        #expect(response.headers[.preferenceApplied] == nil)
    }

    @Test func `a client that accepts PNG gets the image itself`() async throws {
        let api = APIHarness()
        let response = try await api.withWorker { await api.submit(#"{"class": 7, "seed": 11}"#, headers: png) }
        #expect(response.status == 200)
        #expect(response.headers[.contentType] == "image/png")
        #expect(response.body.bytes == [137, 0])
        #expect(response.headers[.seed] == "11")
        #expect(response.headers[.eTag] == "\"\(SHA256Digest(of: [137, 0]))\"")
        #expect(response.headers[.location]?.hasPrefix("/v1/generations/gen_") == true)
        let timing = try #require(response.headers[.serverTiming])
        #expect(timing.hasPrefix("queue;dur="))
        #expect(timing.hasSuffix("structure;dur=40, reconstruction;dur=30, vae;dur=20, png;dur=9, total;dur=100"))
    }

    @Test(arguments: [
        ("image/*", 200), ("text/html, image/png, */*;q=0.1", 200), ("application/json;q=0.5, image/png", 200),
        ("*/*", 202), ("application/json", 202), ("image/png;q=0.5, application/*", 202),
        ("image/png;q=0, */*", 202), ("text/html", 406), ("application/json;q=0", 406), ("garbage", 406),
    ])
    func `the reply is what the client likes best`(accept: String, status: Int) async throws {
        let api = APIHarness()
        let response = try await api.withWorker { await api.submit(#"{"class": 7}"#, headers: [.accept: accept]) }
        #expect(response.status == status)
    }

    @Test func `an image that takes too long is answered with where to find it`() async throws {
        let api = APIHarness(limits: APILimits(maximumWait: .milliseconds(10)))
        let response = await api.submit(#"{"class": 7}"#, headers: png)
        #expect(response.status == 503)
        #expect(response.headers[.retryAfter] == "5")
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:not-finished"))
        // The job goes on.
        try await api.completeNext()
        let location = try #require(response.headers[.location])
        let job = try await api.send("GET", location).document()
        #expect(job["status"] == .string("completed"))
    }

    @Test func `only one image can be the reply`() async throws {
        let api = APIHarness()
        let response = await api.submit(#"{"class": 7, "count": 2, "guidance": 99}"#, headers: png)
        #expect(response.status == 400)
        #expect(try response.pointers() == ["/count", "/guidance"])
    }

    @Test func `a failed job is a problem where the image was to be the reply`() async throws {
        let api = APIHarness()
        async let response = api.submit(#"{"class": 7}"#, headers: png)
        try await api.waitForJob()
        let lease = try await api.claimNext().lease
        try await api.queue.fail(lease, because: .generator("out of paint"))
        let problem = await response
        #expect(problem.status == 500)
        #expect(try problem.document()["detail"] == .string("the generator failed: out of paint"))
    }

    @Test func `a cancelled job is a conflict where the image was to be the reply`() async throws {
        let api = APIHarness()
        async let response = api.submit(#"{"class": 7}"#, headers: png)
        try await api.waitForJob()
        let id = try await api.claimNext().job.id
        _ = try await api.queue.cancel(id)
        #expect(await response.status == 409)
    }

    @Test func `a job that misses its deadline is a problem where the image was to be the reply`() async throws {
        let api = APIHarness()
        async let response = api.submit(#"{"class": 7, "deadline_ms": 200}"#, headers: png)
        let problem = await response
        #expect(problem.status == 503)
        #expect(try problem.document()["type"] == .string("urn:underpaint:problem:deadline-missed"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a client that leaves is waited for no longer, and does not stop its job`() async throws {
        let api = APIHarness(limits: APILimits(maximumWait: .seconds(3600)))
        let waiting = Task { await api.submit(#"{"class": 7}"#, headers: [.prefer: "wait=3600"]) }
        try await api.waitForJob()
        waiting.cancel()
        _ = await waiting.value
        #expect(try await api.queue.status().queuedJobs == 1)
    }

    @Test func `a client that leaves while it waits for its image takes its job with it`() async throws {
        let api = APIHarness()
        let waiting = Task { await api.submit(#"{"class": 7}"#, headers: png) }
        try await api.waitForJob()
        waiting.cancel()
        _ = await waiting.value
        #expect(try await api.queue.status().queuedJobs == 0)
    }
}
