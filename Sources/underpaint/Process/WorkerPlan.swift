import Compute

/// How many workers this process has, and how they come by its cores.
struct WorkerPlan: Sendable, Equatable {
    /// Most workers that the process takes by itself. Each has memory of its own for what it computes, and a thread that
    /// waits for every core; and beyond some threads a job gains little from more.
    static let automaticLimit = 8

    /// Jobs that run at the same time; 0: none.
    let count: Int
    /// Most threads of one of them.
    let threads: Int
    /// Cores that the running jobs divide among them as they come and go; nil: each has `threads`, whatever runs beside it.
    let sharedCores: Int?

    /// - Parameters:
    ///   - count: nil: as many as there are cores, `automaticLimit` at most, and they share the cores.
    ///   - threads: most of one worker; nil: all cores, divided by the workers where those do not share them.
    ///   - cores: of this process, at least 1.
    init(count: Int?, threads: Int?, cores: Int) {
        self.count = count ?? min(cores, Self.automaticLimit)
        self.threads = threads ?? (count.map { max(1, cores / max(1, $0)) } ?? cores)
        sharedCores = count == nil ? cores : nil
    }

    /// What the workers' backends are made with, each a share of its own; nil: the cores are not shared.
    func makeBudget() -> CoreBudget? { sharedCores.map { CoreBudget(cores: $0) } }
}

extension ServiceConfiguration {
    /// In this process's share of the machine.
    var workerPlan: WorkerPlan { workerPlan(cores: ProcessorShare.current) }

    func workerPlan(cores: Int) -> WorkerPlan {
        WorkerPlan(count: workerCount, threads: threadsPerWorker, cores: cores)
    }
}
