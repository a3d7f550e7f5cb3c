package import Generation
package import HTTPServer
import HTTPTypes
import JSON
package import JobQueue
package import Logging

/// The HTTP API: turns requests into jobs, and jobs into replies. The contract: `docs/api.md`.
///
/// Its operations are `endpoints`, which a `Router` answers by; each resource has a file of its own.
package struct GenerationService: Sendable {
    let queue: JobQueue
    let models: [ServedModel]
    let limits: APILimits
    /// Most work of one job, by model.
    let maximumWork: [String: Work]
    let capabilities: Capabilities
    let logger: Logger
    let readiness: @Sendable () -> Readiness

    /// - Parameters:
    ///   - models: what may be asked for; the first is the default.
    ///   - readiness: asked at every submission and every `/readyz`.
    package init(
        queue: JobQueue, models: [ServedModel], limits: APILimits, capabilities: Capabilities, logger: Logger,
        readiness: @escaping @Sendable () -> Readiness
    ) {
        self.queue = queue
        self.models = models
        self.limits = limits
        maximumWork = Dictionary(models.map { ($0.name, limits.work(for: $0)) }) { first, _ in first }
        self.capabilities = capabilities
        self.logger = logger
        self.readiness = readiness
    }

    /// The whole API, as one table.
    package var endpoints: [Endpoint] {
        generationEndpoints + listEndpoints + eventEndpoints + openAIEndpoints + verifyEndpoints + modelEndpoints
            + [Endpoint(.get, "/v1/capabilities", needs: .read) { request, _ in try await showCapabilities(request) }]
            + healthEndpoints + pageEndpoints
    }

    /// What tells whether the instance works: also for a port of the operators' own.
    package var healthEndpoints: [Endpoint] { HealthService(queue: queue, readiness: readiness).endpoints }

    /// `GET /v1/capabilities`
    private func showCapabilities(_ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(capabilities.document(limits, try await queue.status()))
    }

    /// - Throws: `Problem` of kind `notReady`.
    func requireReady() throws(Problem) { try readiness().require() }

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
