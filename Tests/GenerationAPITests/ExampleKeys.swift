import Generation
import HTTPServer
import HTTPTypes
import JobQueue
import Synchronization

@testable import GenerationAPI

/// Keys whose text is `up_` and their name.
extension AccessKey {
    static func example(
        _ name: String, _ scopes: Set<AccessScope> = [.generate, .read], rate: WorkRate? = nil, share: Int = 1
    ) -> AccessKey {
        AccessKey(name: name, digest: SHA256Digest(of: "up_\(name)".utf8), scopes: scopes, rate: rate, share: share)
    }
}

extension HTTPFields {
    /// What the client of the key sends.
    static func key(_ name: String) -> HTTPFields { [.authorization: "Bearer up_\(name)"] }
}

/// A clock that a test moves.
final class ManualClock: Sendable {
    private let state = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { state.withLock { $0 } }

    func advance(by duration: Duration) { state.withLock { $0 = $0.advanced(by: duration) } }
}
