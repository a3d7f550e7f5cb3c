import Synchronization

/// The cores of a process, divided among the jobs that it runs at the same time.
///
/// A job that runs alone has them all. When another one starts, each has its part, and when it ends, what it had goes to
/// those that still run. A backend looks at its share before every operation, so the change comes with the next one. How
/// many threads compute an operation does not change its result.
package final class CoreBudget: Sendable {
    package let cores: Int
    /// The shares of the running jobs, in the order in which they started.
    private let claimed = Mutex<[CoreShare]>([])

    /// - Parameter cores: at least 1.
    package init(cores: Int) {
        precondition(cores >= 1, "a process has a core")
        self.cores = cores
    }

    /// The share of one worker.
    package func makeShare() -> CoreShare { CoreShare(of: self) }

    /// Cores of each of the jobs, the earliest first: as even as whole cores are, and one each where the jobs are more.
    package static func division(of cores: Int, among jobs: Int) -> [Int] {
        (0..<jobs).map { max(1, cores / jobs + ($0 < cores % jobs ? 1 : 0)) }
    }

    fileprivate func add(_ share: CoreShare) {
        claimed.withLock { shares in
            precondition(!shares.contains { $0 === share }, "a worker runs one job at a time")
            shares.append(share)
            grant(shares)
        }
    }

    fileprivate func remove(_ share: CoreShare) {
        claimed.withLock { shares in
            shares.removeAll { $0 === share }
            grant(shares)
        }
    }

    private func grant(_ shares: [CoreShare]) {
        for (share, cores) in zip(shares, Self.division(of: cores, among: shares.count)) { share.grant(cores) }
    }
}

/// The cores that one worker's job may use at the moment.
package final class CoreShare: Sendable {
    private let budget: CoreBudget
    private let granted = Atomic<Int>(1)

    fileprivate init(of budget: CoreBudget) {
        self.budget = budget
    }

    /// At least 1; without a job 1.
    package var cores: Int { granted.load(ordering: .relaxed) }

    /// A job begins: the cores are divided anew. One at a time.
    package func claim() { budget.add(self) }

    /// The job has ended.
    package func release() {
        budget.remove(self)
        grant(1)
    }

    fileprivate func grant(_ cores: Int) { granted.store(cores, ordering: .relaxed) }
}
