/// Whether jobs are taken.
package enum Readiness: Sendable, Equatable {
    case ready
    /// The workers are not there yet.
    case loading
    /// The service is about to stop.
    case draining
}
