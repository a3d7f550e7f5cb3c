/// What to say to somebody who asked for a path that is not there.
struct PathHint {
    private let endpoints: [Endpoint]

    init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

    /// What people know from other services, by what is the same here.
    private static let otherNames: [String: PathTemplate] = [
        "/health": "/healthz", "/healthcheck": "/healthz", "/live": "/healthz", "/livez": "/healthz",
        "/ping": "/healthz",
        "/status": "/healthz", "/ready": "/readyz", "/docs": .contract, "/swagger": .contract, "/redoc": .contract,
        "/swagger.json": .contract, "/openapi": .contract, "/openapi.yaml": .contract, "/v1/openapi.json": .contract,
        "/v1/health": "/healthz", "/v1/healthz": "/healthz", "/v1/metrics": "/metrics",
        "/generate": "/v1/generations", "/v1/generate": "/v1/generations", "/generations": "/v1/generations",
        "/v1/jobs": "/v1/generations", "/jobs": "/v1/generations", "/models": "/v1/models",
        "/capabilities": "/v1/capabilities", "/v1/status": "/v1/capabilities", "/v1/images": "/v1/images/generations",
        "/images/generations": "/v1/images/generations", "/version": "/v1/capabilities", "/info": "/v1/capabilities",
    ]

    /// Longer paths are no slips, and comparing them takes time.
    private static let lengthLimit = 200

    /// `did you mean /v1/models?`, else what there is.
    func text(for path: String) -> String {
        if path.utf8.count <= Self.lengthLimit, let meant = meant(by: Self.withoutEmptyParts(path)) {
            return "did you mean \(meant)?"
        }
        var names: [String] = []
        for endpoint in endpoints where endpoint.path.isFixed && !names.contains(endpoint.path.description) {
            names.append(endpoint.path.description)
        }
        return "there are \(names.joined(separator: ", "))"
    }

    private func meant(by path: String) -> String? {
        if endpoints.contains(where: { $0.path.parameters(in: path) != nil }) { return path }
        if let template = Self.otherNames[path.lowercased()], endpoints.contains(where: { $0.path == template }) {
            return template.description
        }
        var best: (path: String, slips: Int)?
        for endpoint in endpoints {
            guard let near = endpoint.path.nearest(to: path), near.slips < best?.slips ?? .max else { continue }
            best = near
        }
        return best?.path
    }

    /// `/v1/models` of `/v1//models/`.
    private static func withoutEmptyParts(_ path: String) -> String {
        path.split(separator: "/").map { "/" + $0 }.joined()
    }
}
