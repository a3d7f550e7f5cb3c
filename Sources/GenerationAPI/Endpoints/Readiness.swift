import HTTPTypes

/// Whether jobs are taken.
package enum Readiness: Sendable, Equatable {
    case ready
    /// The workers are not there yet.
    case loading
    /// The service is about to stop.
    case draining

    /// Seconds after which a service that stops may be back.
    static let retryAfterStop = "10"

    /// - Throws: `Problem` of kind `notReady`.
    func require() throws(Problem) {
        switch self {
        case .ready: break
        case .loading: throw Problem(.notReady, "the models are loading", headers: [.retryAfter: "2"])
        case .draining:
            throw Problem(
                .notReady, "the service finishes its jobs and takes no new ones",
                headers: [.retryAfter: Self.retryAfterStop])
        }
    }
}
