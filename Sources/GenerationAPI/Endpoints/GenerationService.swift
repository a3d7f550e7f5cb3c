package import Generation
package import HTTPServer
import HTTPTypes
import JSON
package import JobQueue

/// The HTTP API: turns requests into jobs, and jobs into replies. The contract: `docs/api.md`.
///
/// Its operations are `endpoints`, which a `Router` answers by; each resource has a file of its own.
package struct GenerationService: Sendable {
    let store: any JobStore
    let models: [ServedModel]
    let limits: APILimits
    let capabilities: Capabilities
    let readiness: @Sendable () -> Readiness

    /// - Parameters:
    ///   - models: what may be asked for; the first is the default.
    ///   - readiness: asked at every submission and every `/readyz`.
    package init(
        store: any JobStore, models: [ServedModel], limits: APILimits, capabilities: Capabilities,
        readiness: @escaping @Sendable () -> Readiness
    ) {
        self.store = store
        self.models = models
        self.limits = limits
        self.capabilities = capabilities
        self.readiness = readiness
    }

    /// The whole API, as one table.
    package var endpoints: [Endpoint] { generationEndpoints + modelEndpoints + serviceEndpoints }

    private var serviceEndpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/capabilities") { request, _ in try await showCapabilities(request) },
            Endpoint(.get, "/healthz") { _, _ in .json(.record(["status": .string("ok")])) },
            Endpoint(.get, "/readyz") { _, _ in
                try requireReady()
                return .json(.record(["status": .string("ready")]))
            },
        ]
    }

    /// `GET /v1/capabilities`
    private func showCapabilities(_ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(capabilities.document(limits, try await store.status()))
    }

    /// Seconds after which a service that stops may be back.
    static let retryAfterStop = "10"

    /// - Throws: `Problem` of kind `notReady`.
    func requireReady() throws(Problem) {
        switch readiness() {
        case .ready: break
        case .loading: throw Problem(.notReady, "the models are loading", headers: [.retryAfter: "2"])
        case .draining: throw Problem(.notReady, "the service is stopping", headers: [.retryAfter: Self.retryAfterStop])
        }
    }

    func document(of job: Job) async throws -> JSONValue {
        guard case .queued = job.state, let position = try await store.position(of: job.id) else {
            return JobDocument(job: job, queue: nil).json
        }
        let wait = try await store.status().estimatedWait(imagesAhead: position.imagesAhead)
        return JobDocument(job: job, queue: (position, wait)).json
    }

    /// The value of a look-up.
    ///
    /// - Throws: `Problem` of kind `notFound` or `expired`.
    func require<Value>(_ lookup: Lookup<Value>, _ name: String) throws(Problem) -> Value {
        switch lookup {
        case .found(let value): return value
        case .forgotten: throw Problem(.expired, "\(name) was there, and is not kept any more")
        case .unknown: throw Problem(.notFound, "there is no \(name)")
        }
    }
}
