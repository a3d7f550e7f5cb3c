import JobQueue
import Synchronization
import Testing

/// What every carrier of news does. That news may be lost is allowed, not required: here none may be.
struct JobSignalsContractTests {
    enum SignalsUnderTest: CaseIterable {
        case local

        func make() -> any JobSignals {
            switch self {
            case .local: LocalSignals()
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: SignalsUnderTest.allCases)
    func `news wakes all who subscribed to it`(kind: SignalsUnderTest) async {
        let signals = try kind.make()
        let id = JobID()
        let subscriptions = [
            signals.subscribe(to: [.state(id)]), signals.subscribe(to: [.work, .state(id)]),
            signals.subscribe(to: [.state(id), .progress(id)]),
        ]
        await withTaskGroup(of: Void.self) { group in
            for subscription in subscriptions { group.addTask { await subscription.wait(upTo: .seconds(600)) } }
            signals.publish(.state(id))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: SignalsUnderTest.allCases)
    func `news that comes before the waiting is not missed`(kind: SignalsUnderTest) async {
        let signals = try kind.make()
        let subscription = signals.subscribe(to: [.work])
        for _ in 0..<1000 { signals.publish(.work) }
        await subscription.wait(upTo: .seconds(600))
    }

    @Test(.timeLimit(.minutes(1)), arguments: SignalsUnderTest.allCases)
    func `news of other things wakes nobody`(kind: SignalsUnderTest) async {
        let signals = try kind.make()
        let id = JobID()
        let subscription = signals.subscribe(to: [.state(id)])
        let waiter = Waiter()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await subscription.wait(upTo: .seconds(600))
                waiter.isAwake.withLock { $0 = true }
            }
            for _ in 0..<5 {
                for news in [JobNews.work, .line, .closing, .state(JobID()), .progress(id)] { signals.publish(news) }
                await Task.yield()
            }
            #expect(!waiter.isAwake.withLock { $0 })
            signals.publish(.state(id))
        }
        #expect(waiter.isAwake.withLock { $0 })
    }

    @Test(.timeLimit(.minutes(1)), arguments: SignalsUnderTest.allCases)
    func `a cancelled task stops waiting at once`(kind: SignalsUnderTest) async {
        let subscription = try kind.make().subscribe(to: [.work])
        let waiting = Task { await subscription.wait(upTo: .seconds(600)) }
        waiting.cancel()
        await waiting.value
    }

    @Test func `a subscription ends when it is let go`() async {
        let signals = LocalSignals()
        var subscription: NewsSubscription? = signals.subscribe(to: [.work, .line])
        #expect(signals.subscriberCount(of: .work) == 1)
        await subscription?.wait(upTo: .zero)
        subscription = nil
        #expect(signals.subscriberCount(of: .work) == 0 && signals.subscriberCount(of: .line) == 0)
    }
}

/// What a test sees of a task that waits.
private final class Waiter: Sendable {
    let isAwake = Mutex(false)
}
