import JobQueue

/// What a path names. Paths that name nothing have no route.
enum Route: Equatable {
    case generations
    case generation(JobID)
    case image(JobID, Int)
    case cancellation(JobID)
    case models
    case model(String)
    case classes(String)
    case capabilities
    case health
    case readiness

    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch parts.count {
        case 1 where parts[0] == "healthz": self = .health
        case 1 where parts[0] == "readyz": self = .readiness
        case 2 where parts[0] == "v1" && parts[1] == "capabilities": self = .capabilities
        case 2... where parts[0] == "v1" && parts[1] == "generations":
            guard let route = Self.generation(below: Array(parts.dropFirst(2))) else { return nil }
            self = route
        case 2... where parts[0] == "v1" && parts[1] == "models":
            guard let route = Self.model(below: Array(parts.dropFirst(2))) else { return nil }
            self = route
        default: return nil
        }
    }

    private static func generation(below parts: [String]) -> Route? {
        guard let name = parts.first else { return .generations }
        // A text that cannot be an id names no job.
        guard let id = JobID(name) else { return nil }
        switch parts.count {
        case 1: return .generation(id)
        case 2 where parts[1] == "cancel": return .cancellation(id)
        case 3 where parts[1] == "images":
            guard let index = Int(parts[2]), index >= 0, String(index) == parts[2] else { return nil }
            return .image(id, index)
        default: return nil
        }
    }

    private static func model(below parts: [String]) -> Route? {
        guard let name = parts.first else { return .models }
        switch parts.count {
        case 1 where !name.isEmpty: return .model(name)
        case 2 where parts[1] == "classes": return .classes(name)
        default: return nil
        }
    }

    var path: String {
        switch self {
        case .generations: "/v1/generations"
        case .generation(let id): "/v1/generations/\(id)"
        case .image(let id, let index): "/v1/generations/\(id)/images/\(index)"
        case .cancellation(let id): "/v1/generations/\(id)/cancel"
        case .models: "/v1/models"
        case .model(let name): "/v1/models/\(name)"
        case .classes(let name): "/v1/models/\(name)/classes"
        case .capabilities: "/v1/capabilities"
        case .health: "/healthz"
        case .readiness: "/readyz"
        }
    }

    /// The method that the route takes.
    var method: Method {
        switch self {
        case .generations, .cancellation: .post
        case .generation, .image, .models, .model, .classes, .capabilities, .health, .readiness: .get
        }
    }

    enum Method {
        case get, post

        /// Value of `Allow`. What answers GET answers HEAD: the server sends the same without the body.
        var allowed: String {
            switch self {
            case .get: "GET, HEAD"
            case .post: "POST"
            }
        }

        func covers(_ name: String) -> Bool {
            switch self {
            case .get: name == "GET" || name == "HEAD"
            case .post: name == "POST"
            }
        }
    }
}
