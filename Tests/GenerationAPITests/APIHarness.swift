import ExampleModels
import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging
import Sampler
import Synchronization
import Testing

@testable import GenerationAPI

/// The API over an in-memory store, without sockets and without workers but those a test plays itself.
struct APIHarness {
    let queue: JobQueue
    let router: Router
    /// The router with what stands around it.
    let responder: any Responder
    private let readiness: Mutex<Readiness>.Shared

    /// - Parameter keys: nil: there are none, and everybody may everything but steer.
    init(limits: APILimits = .init(), store: InMemoryJobStore = InMemoryJobStore(), keys: KeyRing? = nil) {
        let readiness = Mutex<Readiness>.Shared(.ready)
        queue = JobQueue(store)
        self.readiness = readiness
        router = Router(
            service: GenerationService(
                queue: queue, models: [.example(), .example(name: "other")], limits: limits, capabilities: .example,
                logger: .silent, readiness: { readiness.value }))
        responder = Self.wrap(router, keys)
    }

    /// As the service has it on its public port.
    private static func wrap(_ router: Router, _ keys: KeyRing?) -> any Responder {
        Authentication(
            BrowserGuard(router, router: router, hosts: .any, origins: .none), keys: keys,
            guests: keys == nil ? [.generate, .read] : [])
    }

    func set(_ readiness: Readiness) { self.readiness.value = readiness }

    func send(
        _ method: String, _ path: String, body: String = "", headers: HTTPFields = [:],
        query: [(name: String, value: String)] = []
    ) async -> Response {
        let request = Request(method: method, path: path, query: query, headers: headers, body: Array(body.utf8))
        let response = await responder.respond(to: request)
        expectDocumented(response, to: request)
        return response
    }

    /// `POST /v1/generations` with a JSON body.
    func submit(
        _ body: String, headers: HTTPFields = [:]
    ) async -> Response {
        var fields: HTTPFields = [.contentType: "application/json"]
        for field in headers { fields[field.name] = field.value }
        return await send("POST", "/v1/generations", body: body, headers: fields)
    }

    /// Submits a job that is known to be fine.
    func submitJob(_ body: String = #"{"class": "sneaker"}"#) async throws -> JobID {
        let response = await submit(body)
        #expect(response.status == 202)
        return try #require(JobID(try response.document()["id"].text))
    }

    /// Plays a worker that claims the next job, as soon as there is one.
    func claimNext() async throws -> ClaimedJob {
        try #require(try await nextClaim())
    }

    private func nextClaim() async throws -> ClaimedJob? {
        try await queue.next(by: WorkerID("fake"), models: ["fashion", "other"], for: .seconds(60))
    }

    /// Returns when a job is queued.
    func waitForJob() async throws {
        while try await queue.status().queuedJobs == 0 { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Plays a worker that claims the next job, and completes it.
    @discardableResult
    func completeNext(total: Duration = .milliseconds(100)) async throws -> Job {
        let claimed = try await claimNext()
        try await complete(claimed, total: total)
        return claimed.job
    }

    func complete(_ claimed: ClaimedJob, total: Duration) async throws {
        let request = claimed.job.request
        let images = (0..<request.count).map { index in
            GeneratedImage(
                index: index, seed: request.seed + UInt64(index), width: 32, height: 32, png: [137, UInt8(index)])
        }
        let structure = StageTiming.Decoding(
            total: .milliseconds(40), steps: 4, tokens: 32, diffusionSteps: 140, encoder: .milliseconds(5),
            decoder: .milliseconds(6), diffusion: .milliseconds(28))
        let reconstruction = StageTiming.Decoding(
            total: .milliseconds(30), steps: 1, tokens: 32, diffusionSteps: 50, encoder: .milliseconds(1),
            decoder: .milliseconds(2), diffusion: .milliseconds(26))
        let outcome = GenerationOutcome(
            images: images,
            stages: [
                .structure(structure),
                .reconstruction(reconstruction, detailTokens: 3, fts: .microseconds(1500)),
                .vae(total: .milliseconds(20)), .png(total: .milliseconds(9)),
            ])
        try await queue.complete(claimed.lease, with: FinishedWork(outcome, total: total))
    }

    /// Plays a worker that completes the next job as soon as there is one, while the body runs.
    func withWorker<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        // A submission that is refused leaves no work.
        let worker = Task {
            if let claimed = try await nextClaim() { try await complete(claimed, total: .milliseconds(100)) }
        }
        let result = try await body()
        worker.cancel()
        _ = await worker.result
        return result
    }
}

extension Mutex where Value == Readiness {
    /// A value that closures share.
    final class Shared: Sendable {
        private let mutex: Mutex<Readiness>

        init(_ value: Readiness) { mutex = Mutex(value) }

        var value: Readiness {
            get { mutex.withLock { $0 } }
            set { mutex.withLock { $0 = newValue } }
        }
    }
}

extension Response {
    func document() throws -> JSONValue { try JSONParser.parse(body.bytes ?? []) }

    /// The pointers of a problem's bad fields.
    func pointers() throws -> [String] {
        guard case .array(let errors)? = try document()["errors"] else { return [] }
        return errors.map { $0["pointer"].text }
    }
}

extension JSONValue {
    var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.name)
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

extension JSONValue? {
    /// The string that this is, or an empty one.
    var text: String {
        guard case .string(let text)? = self else { return "" }
        return text
    }
}

extension Capabilities {
    static let example = Capabilities(
        version: "1.2.3", instanceID: "instance", backend: "openblas", precision: "fp32",
        fallback: "avx512 cannot be had on this processor", workers: 2, threadsPerWorker: 3, sharesCores: true,
        queueLimit: 64, maximumBodyByteCount: 65_536)
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension GenerationService {
    /// The table as the service has it.
    var everyEndpoint: [Endpoint] {
        let metrics = MetricsService(queue: queue, contentType: "text/plain", logger: .silent) { "metrics" }
        let admin = AdminService(queue: queue, logger: .silent)
        return (endpoints + admin.endpoints + metrics.endpoints).withContract(
            version: "1.2.3", limits: limits, hasKeys: true)
    }
}

extension Router {
    /// Answers as the server does.
    init(service: GenerationService) {
        self.init(service.everyEndpoint, logger: .silent)
    }
}
