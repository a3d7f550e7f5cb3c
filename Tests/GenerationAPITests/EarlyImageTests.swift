import ExampleModels
import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging
import Testing

@testable import GenerationAPI

@Suite("Asking for an image before it is there")
struct EarlyImageTests {
    private let api = APIHarness()

    @Test func `it says when to come back, and how to wait`() async throws {
        let id = try await api.submitJob()
        _ = try await api.claimNext()
        let early = await api.send("GET", "/v1/generations/\(id)/images/0")
        #expect(early.status == 404 && early.headers[.retryAfter] == "5")
        #expect(try early.document()["detail"].text.contains("the job is running. With Prefer: wait=N") == true)
    }

    @Test func `with Prefer the reply is held until it is there`() async throws {
        let id = try await api.submitJob()
        let response = try await api.withWorker {
            await api.send("GET", "/v1/generations/\(id)/images/0", headers: [.prefer: "wait=60"])
        }
        #expect(response.status == 200 && response.headers[.preferenceApplied] == "wait=60")
        #expect(response.body.bytes == [137, 0])
    }

    @Test func `one that will never be there has no time to come back`() async throws {
        let id = try await api.submitJob(#"{"class": 7, "count": 2}"#)
        let outside = await api.send("GET", "/v1/generations/\(id)/images/2")
        #expect(outside.headers[.retryAfter] == nil)
        #expect(try outside.document()["detail"].text.hasSuffix("which has images 0 to 1") == true)
        _ = await api.send("POST", "/v1/generations/\(id)/cancel")
        let cancelled = await api.send("GET", "/v1/generations/\(id)/images/0", headers: [.prefer: "wait=60"])
        #expect(cancelled.status == 404 && cancelled.headers[.retryAfter] == nil)
        #expect(try cancelled.document()["detail"].text.hasSuffix("which is cancelled") == true)
    }

    @Test func `the image that answers a submission is not to be kept: the next one has another seed`() async throws {
        let response = try await api.withWorker {
            await api.submit(#"{"class": 7}"#, headers: [.accept: "image/png"])
        }
        #expect(response.status == 200 && response.headers[.cacheControl] == "no-store")
    }
}

@Suite("Refusals in the log")
struct RefusalLogTests {
    @Test(arguments: [
        ("application/json", #"{"class": "submarine"}"#, "invalid-request", "class: unknown class \"submarine\""),
        (
            "text/plain", "{}", "unsupported-media-type",
            "the body must be application/json in UTF-8, not text/plain: send the header Content-Type: application/json"
        ),
    ])
    func `a refused submission is a line at info with its reason`(
        contentType: String, body: String, problem: String, detail: String
    ) async {
        let log = RecordedLog()
        let service = GenerationService(
            queue: JobQueue(InMemoryJobStore()), models: [.example()], limits: APILimits(), capabilities: .example,
            logger: log.logger, readiness: { .ready })
        for path in ["/v1/generations", "/v1/images/generations"] {
            let body = path.contains("images") ? body.replacing("class", with: "prompt") : body
            _ = await Authentication(Router(service: service), keys: nil, guests: [.generate]).respond(
                to: Request(method: "POST", path: path, headers: [.contentType: contentType], body: Array(body.utf8)))
        }
        #expect(log.lines.map(\.level) == [.info, .info])
        #expect(log.lines.map { $0.metadata["problem"] } == ["\(problem)", "\(problem)"])
        #expect(log.lines.first?.metadata["detail"] == "\(detail)")
    }
}
