import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

/// What clients hear of jobs that a stopping service will not run.
@Suite(.timeLimit(.minutes(1)))
struct StopTests {
    @Test(arguments: [[.accept: "image/png"], [.prefer: "wait=60"]] as [HTTPFields])
    func `a client that waits for a job that will never run is told so at once`(
        headers: HTTPFields
    ) async throws {
        let api = APIHarness()
        async let waiting = api.submit(#"{"class": 7}"#, headers: headers)
        try await api.waitForJob()
        api.set(.draining)
        api.queue.close()
        let response = await waiting
        #expect(response.status == 503)
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:not-ready"))
        #expect(response.headers[.retryAfter] == "10")
        #expect(response.headers[.contentType] == "application/problem+json")
        let location = try #require(response.headers[.location])
        #expect(try await api.send("GET", location).document()["status"] == .string("queued"))
    }

    @Test func `a client that waits for the running job gets it`() async throws {
        let api = APIHarness()
        async let waiting = api.submit(#"{"class": 7}"#, headers: [.prefer: "wait=60"])
        try await api.waitForJob()
        let claimed = try await api.claimNext()
        api.queue.close()
        try await api.complete(claimed, total: .milliseconds(1))
        #expect(await waiting.status == 200)
    }
}
