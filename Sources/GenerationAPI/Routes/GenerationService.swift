package import Generation
package import HTTPServer
import JSON
package import JobQueue
package import Logging

/// The HTTP API: turns requests into jobs, and jobs into replies. The contract: `docs/api.md`.
package struct GenerationService: Responder {
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
        queue: JobQueue, models: [ServedModel], limits: APILimits, capabilities: Capabilities,
        logger: Logger,
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

    package func respond(to request: Request) async -> Response {
        do {
            return try await answer(request)
        } catch let problem as Problem {
            return problem.response(instance: request.path)
        } catch {
            // What went wrong inside is for the log, not for the client.
            logger.error(
                "request failed",
                metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"])
            return Problem(.internalError, "the service's log says more").response(instance: request.path)
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        guard let route = Route(path: request.path) else {
            throw Problem(.notFound, "nothing is at \(request.path.prefix(200))")
        }
        guard route.method.covers(request.method) else {
            throw Problem(
                .methodNotAllowed, "\(request.method.prefix(20)) is not for \(request.path.prefix(200))",
                headers: ["Allow": route.method.allowed])
        }
        switch route {
        case .generations: return try await submit(request)
        case .generation(let id): return try await showJob(id, request)
        case .image(let id, let index): return try await showImage(id, index, request)
        case .cancellation(let id): return try await cancel(id, request)
        case .models: return try listModels(request)
        case .model(let name): return try showModel(name, request)
        case .classes(let name): return try listClasses(of: name, request)
        case .capabilities: return try await showCapabilities(request)
        case .health: return .json(.record(["status": .string("ok")]))
        case .readiness:
            try requireReady()
            return .json(.record(["status": .string("ready")]))
        }
    }

    /// - Throws: `Problem` of kind `notReady`.
    func requireReady() throws(Problem) {
        switch readiness() {
        case .ready: break
        case .loading: throw Problem(.notReady, "the models are loading", headers: ["Retry-After": "2"])
        case .draining:
            throw Problem(.notReady, "the service is stopping", headers: ["Retry-After": Self.retryAfterStop])
        }
    }

    /// Seconds that a service takes to stop and to come back.
    static let retryAfterStop = "10"

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
