/// Why a job failed.
package enum FailureReason: Sendable, Equatable, Codable, CustomStringConvertible {
    /// The generator threw; the text is its error.
    case generator(String)
    /// Its worker vanished, or hung, this many times. Which ones they were: `Job.pastAttempts`.
    case workerLost(attempts: Int)
    /// The service stopped before the job was done.
    case interrupted

    package var description: String {
        switch self {
        case .generator(let message): "the generator failed: \(message)"
        case .workerLost(let attempts): "its worker was lost, \(attempts) times"
        case .interrupted: "the service stopped before the job was done"
        }
    }
}
