import JobQueue

/// Every store there is: the contract tests run over all of them.
enum StoreUnderTest: CaseIterable {
    case inMemory

    func make(clock: TestClock, queueLimit: Int = 10) -> any JobStore {
        switch self {
        case .inMemory: InMemoryJobStore(limits: .init(queuedJobs: queueLimit), now: { clock.now })
        }
    }
}
