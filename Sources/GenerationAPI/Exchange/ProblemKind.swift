/// What can go wrong for a client. The raw value ends the problem's type URI.
enum ProblemKind: String, CaseIterable {
    case malformedJSON = "malformed-json"
    case damagedImage = "damaged-image"
    case invalidRequest = "invalid-request"
    case unauthorized
    case forbidden
    case foreignOrigin = "foreign-origin"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case jobCancelled = "job-cancelled"
    case expired = "expired"
    case unsupportedMediaType = "unsupported-media-type"
    case foreignImage = "foreign-image"
    case foreignHost = "foreign-host"
    case tooMuchWork = "too-much-work"
    case idempotencyConflict = "idempotency-conflict"
    case queueFull = "queue-full"
    case rateLimited = "rate-limited"
    case generationFailed = "generation-failed"
    case internalError = "internal-error"
    case notReady = "not-ready"
    case storeUnavailable = "store-unavailable"
    case storageFull = "storage-full"
    case notFinished = "not-finished"
    case deadlineMissed = "deadline-missed"

    var status: Int {
        switch self {
        case .malformedJSON, .damagedImage, .invalidRequest: 400
        case .unauthorized: 401
        case .forbidden, .foreignOrigin: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .jobCancelled: 409
        case .expired: 410
        case .unsupportedMediaType: 415
        case .foreignHost: 421
        case .foreignImage, .tooMuchWork, .idempotencyConflict: 422
        case .queueFull, .rateLimited: 429
        case .generationFailed, .internalError: 500
        case .notReady, .storeUnavailable, .notFinished, .deadlineMissed: 503
        case .storageFull: 507
        }
    }

    var title: String {
        switch self {
        case .malformedJSON: "The body is not JSON"
        case .damagedImage: "The body is no whole PNG"
        case .invalidRequest: "The request has invalid fields"
        case .unauthorized: "A key is needed"
        case .forbidden: "The key is not for this"
        case .foreignOrigin: "Pages of another origin may not do this"
        case .notFound: "There is no such thing"
        case .methodNotAllowed: "The method is not allowed here"
        case .notAcceptable: "None of the accepted media types can be had"
        case .jobCancelled: "The job was cancelled"
        case .expired: "The job is not kept any more"
        case .unsupportedMediaType: "The body is of another media type than is taken here"
        case .foreignImage: "The image cannot be made again here"
        case .foreignHost: "The service does not go by this host name"
        case .tooMuchWork: "The request is more work than one job may be"
        case .idempotencyConflict: "The idempotency key belongs to another request"
        case .queueFull: "The queue is full"
        case .rateLimited: "The key has used up its rate"
        case .generationFailed: "The generation failed"
        case .internalError: "Something went wrong in the service"
        case .storeUnavailable: "The store of jobs does not answer"
        case .storageFull: "The store of jobs has no room"
        case .notReady: "The service takes no jobs now"
        case .notFinished: "The job is not finished yet"
        case .deadlineMissed: "The job did not start within its deadline"
        }
    }
}
