import FoundationEssentials
import Generation
import Synchronization

/// A clock that moves when the test says so.
final class TestClock: Sendable {
    private let time = Mutex(Date(timeIntervalSinceReferenceDate: 0))

    var now: Date { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0.addTimeInterval(duration.seconds) }
    }
}
