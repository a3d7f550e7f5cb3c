import Foundation
import Synchronization

/// How long two threads take to answer each other through memory: what a team of threads waits at the end of every operation.
///
/// A virtual machine may give two cores that share a cache or two that do not, and change its mind.
package enum CoreRoundTrip {
    private static let trips = 2_000
    private static let rounds = 7
    /// How often a side looks before it lets others run: on a busy machine the other side may have no core.
    private static let patience = 10_000

    /// Nanoseconds of a round trip, the shortest of several rounds.
    package static func nanoseconds() -> Double {
        let ball = Ball()
        let partner = Thread { ball.answer(trips * rounds) }
        partner.start()
        let clock = ContinuousClock()
        let times = (0..<rounds).map { round in
            clock.measure { ball.ask(trips, after: round * trips) }
        }
        return times.reduce(times[0], min) / .nanoseconds(1) / Double(trips)
    }

    /// A number that one side makes odd and the other even again.
    private final class Ball: Sendable {
        private let count = Atomic<Int>(0)

        func ask(_ trips: Int, after past: Int) {
            for trip in past..<past + trips {
                count.store(2 * trip + 1, ordering: .releasing)
                wait(for: 2 * trip + 2)
            }
        }

        func answer(_ trips: Int) {
            for trip in 0..<trips {
                wait(for: 2 * trip + 1)
                count.store(2 * trip + 2, ordering: .releasing)
            }
        }

        private func wait(for value: Int) {
            var looks = 0
            while count.load(ordering: .acquiring) != value {
                looks += 1
                if looks.isMultiple(of: patience) { sched_yield() }
            }
        }
    }
}
