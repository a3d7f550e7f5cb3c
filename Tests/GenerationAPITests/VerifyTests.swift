import ExampleModels
import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import PNGEncoder
import Testing

@testable import GenerationAPI
@testable import Reproduction

struct VerifyTests {
    private let api = APIHarness()

    private static func origin(weights: String? = nil) -> ImageOrigin {
        ImageOrigin(
            maker: ImageMaker(version: "1.0.0", engine: "avx512", precision: "bf16"),
            weights: weights ?? ServedModel.example().weightsSHA256)
    }

    private static func request(model: String = "fashion", seed: Int = 42) throws -> GenerationRequest {
        var submission = GenerationSubmission()
        submission.model = model
        submission.classReference = .id(7)
        submission.seed = seed
        return try submission.resolve(models: [.example(), .example(name: model)], limits: APILimits())
    }

    private static func png(
        _ request: GenerationRequest, grey: UInt8 = 100, origin: ImageOrigin? = origin()
    ) throws -> [UInt8] {
        try PNGImage(width: 32, height: 32, channels: 1, pixels: [UInt8](repeating: grey, count: 1024))
            .encoded(metadata: PNGMetadata.entries(request, seed: request.seed, origin: origin))
    }

    private func verify(
        _ png: [UInt8], headers: HTTPFields = [:], query: [(name: String, value: String)] = []
    ) async -> Response {
        var fields: HTTPFields = [.contentType: "image/png"]
        for field in headers { fields[field.name] = field.value }
        let request = Request(method: "POST", path: "/v1/images/verify", query: query, headers: fields, body: png)
        let response = await api.responder.respond(to: request)
        api.expectDocumented(response, to: request)
        return response
    }

    /// Plays a worker that makes the image of the next job in this grey.
    private func withWorker(grey: UInt8, _ body: () async throws -> Response) async throws -> Response {
        let worker = Task {
            try await api.waitForJob()
            try await completeNext(grey: grey)
        }
        let response = try await body()
        try await worker.value
        return response
    }

    private func completeNext(grey: UInt8) async throws {
        let claimed = try await api.claimNext()
        let request = claimed.job.request
        let image = GeneratedImage(
            index: 0, seed: request.seed, width: 32, height: 32, png: try Self.png(request, grey: grey))
        let outcome = GenerationOutcome(images: [image], stages: [.png(total: .milliseconds(1))])
        try await api.queue.complete(claimed.lease, with: FinishedWork(outcome, total: .milliseconds(1)))
    }

    @Test func `an image that comes out the same is identical, and its settings are told`() async throws {
        let png = try Self.png(Self.request())
        let response = try await withWorker(grey: 100) { await verify(png) }
        #expect(response.status == 200)
        let document = try response.document()
        #expect(document["identical"] == .bool(true) && document["pixels_identical"] == .bool(true))
        #expect(document["differs"] == .array([]))
        #expect(document["settings"]?["seed"] == .integer(42) && document["settings"]?["class"] == .integer(7))
        #expect(document["made_by"]?["engine"] == .string("avx512") && document["made_by"] == document["made_again_by"])
        #expect(response.headers[.location] == "/v1/generations/\(document["job"].text)")
    }

    @Test func `an image that comes out otherwise is told by how much`() async throws {
        let png = try Self.png(Self.request())
        let document = try await withWorker(grey: 103) { await verify(png) }.document()
        #expect(document["identical"] == .bool(false) && document["pixels_identical"] == .bool(false))
        #expect(
            document["differs"]?.text() == #"[{"what":"pixels","count":1024,"of":1024,"largest":3}]"#)
    }

    @Test func `who does not wait long enough gets the job, and comes back with it`() async throws {
        let png = try Self.png(Self.request())
        let pending = await verify(png, headers: [.prefer: "wait=0"])
        #expect(pending.status == 202 && pending.headers[.retryAfter] != nil)
        let id = try pending.document()["job"]?["id"].text ?? ""
        #expect(try pending.document()["again"] == .string("/v1/images/verify?job=\(id)"))
        try await completeNext(grey: 100)
        let done = await verify(png, query: [("job", id)])
        #expect(try done.document()["identical"] == .bool(true) && done.document()["job"] == .string(id))
        #expect(try await api.queue.status().queuedJobs == 0, "no other job is made")
    }

    @Test func `a job of other settings is not compared with`() async throws {
        let id = try await api.submitJob()
        let response = await verify(try Self.png(Self.request()), query: [("job", id.description)])
        #expect(response.status == 422)
        #expect(try response.document()["detail"].text.contains(id.description))
        let unknown = await verify(try Self.png(Self.request()), query: [("job", JobID().description)])
        #expect(unknown.status == 404)
        let other = await verify(try Self.png(Self.request()), query: [("job", "nope")])
        #expect(try other.status == 400 && other.pointers() == ["/job"])
    }

    @Test func `other weights are named with both hashes, and nothing is made`() async throws {
        let response = await verify(try Self.png(Self.request(), origin: Self.origin(weights: "cafe")))
        #expect(response.status == 200)
        let document = try response.document()
        #expect(document["identical"] == .bool(false) && document["pixels_identical"] == .null)
        #expect(document["job"] == .null)
        let here = String(repeating: "ab", count: 32)
        #expect(document["differs"]?.text() == #"[{"what":"weights","file":"cafe","here":"\#(here)"}]"#)
        #expect(try await api.queue.status().queuedJobs == 0)
    }

    @Test func `what cannot be verified is refused with the reason`() async throws {
        let png = try Self.png(Self.request())
        let foreign = try PNGImage(width: 2, height: 2, channels: 1, pixels: [0, 0, 0, 0]).encoded()
        let unknownModel = try Self.png(Self.request(model: "zebra"))
        for (body, status, kind) in [
            ([], 400, "damaged-image"), (Array(png.dropLast(30)), 400, "damaged-image"),
            (foreign, 422, "foreign-image"), (unknownModel, 422, "foreign-image"),
        ] {
            let response = await verify(body)
            #expect(response.status == status)
            #expect(try response.document()["type"] == .string("urn:underpaint:problem:" + kind))
        }
        #expect(await verify(png, headers: [.contentType: "application/json"]).status == 415)
        #expect(await verify(png, headers: [.accept: "image/png"]).status == 406)
        #expect(await api.send("GET", "/v1/images/verify").status == 405)
    }

    @Test func `an image that says nothing of itself is bounded like any job`() async throws {
        api.set(.draining)
        #expect(await verify(try Self.png(Self.request())).status == 503)
    }
}
