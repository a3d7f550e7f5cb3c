import ExampleModels
import Generation
import HTTPServer
import JSON
import JobQueue
import Testing

/// A step of an image of the example models is 1 GFLOP.
struct WorkLimitTests {
    private static let small = APILimits(maximumWork: Work(gflop: 12))

    @Test func `a request over the limit is refused with its work and the limit`() async throws {
        let api = APIHarness(limits: Self.small)
        let response = await api.submit(#"{"class": 7, "count": 3}"#)
        #expect(response.status == 422)
        let problem = try response.document()
        #expect(problem["type"] == .string("urn:underpaint:problem:too-much-work"))
        #expect(
            problem["detail"]
                == .string(
                    "the request is 15 GFLOP; a job of fashion may be 12 GFLOP (limits.max_work): ask for fewer images or steps"
                ))
        #expect(try await api.queue.status().queuedJobs == 0)
        #expect(await api.submit(#"{"class": 7, "count": 2}"#).status == 202)
    }

    @Test func `once a speed is measured the refusal says seconds too`() async throws {
        let api = APIHarness(limits: Self.small)
        _ = try await api.submitJob()
        try await api.completeNext(total: .seconds(2))
        let detail = try await api.submit(#"{"class": 7, "count": 3}"#).document()["detail"].text
        #expect(detail.contains("15 GFLOP, about 6.0 s on this machine"))
        #expect(detail.contains("12 GFLOP, about 4.8 s on this machine"))
    }

    @Test func `unless configured, all images of the costliest preset are admitted, and not more`() async throws {
        let api = APIHarness(limits: APILimits(maximumCount: 2))
        #expect(await api.submit(#"{"class": 7, "count": 2, "sampler": "mar-256"}"#).status == 202)
        let limits = APILimits(maximumCount: 2)
        // mar-256 decides each of the 64 tokens in a step of its own.
        #expect(limits.work(for: .example()) == Work(gflop: 128))
    }
}
