import Synchronization

/// News within one process: none is lost.
package final class LocalSignals: JobSignals {
    private struct State {
        var count: UInt64 = 0
        var bells: [JobNews: [UInt64: Bell]] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func publish(_ news: JobNews) {
        let bells = state.withLock { $0.bells[news].map { Array($0.values) } ?? [] }
        for bell in bells { bell.ring() }
    }

    package func subscribe(to news: Set<JobNews>) -> NewsSubscription {
        let bell = Bell()
        let number = state.withLock { state in
            state.count += 1
            for topic in news { state.bells[topic, default: [:]][state.count] = bell }
            return state.count
        }
        return NewsSubscription(bell) { [weak self] in self?.remove(number, from: news) }
    }

    /// How many listen to this.
    package func subscriberCount(of news: JobNews) -> Int {
        state.withLock { $0.bells[news]?.count ?? 0 }
    }

    private func remove(_ number: UInt64, from news: Set<JobNews>) {
        state.withLock { state in
            for topic in news {
                state.bells[topic]?[number] = nil
                if state.bells[topic]?.isEmpty == true { state.bells[topic] = nil }
            }
        }
    }
}
