package import Generation

/// Who waits for how much: the unfinished jobs by owner and model.
package struct QueueCensus: Sendable, Equatable {
    package struct Amount: Sendable, Equatable {
        package var jobs = 0
        /// What is left of them, all together.
        package var work = Work.zero

        package init(jobs: Int = 0, work: Work = .zero) {
            self.jobs = jobs
            self.work = work
        }

        package static func + (a: Amount, b: Amount) -> Amount {
            Amount(jobs: a.jobs + b.jobs, work: a.work + b.work)
        }
    }

    package struct Group: Sendable, Hashable {
        /// Name of the owner.
        package var owner: String
        package var model: String

        package init(owner: String, model: String) {
            self.owner = owner
            self.model = model
        }
    }

    package private(set) var queued: [Group: Amount] = [:]
    package private(set) var running: [Group: Amount] = [:]

    package init() {}

    /// Adds jobs of one group.
    package mutating func add(_ amount: Amount, of group: Group, running isRunning: Bool) {
        if isRunning {
            running[group] = running[group, default: .init()] + amount
        } else {
            queued[group] = queued[group, default: .init()] + amount
        }
    }

    /// Does nothing for a finished one.
    mutating func add(_ job: Job) {
        guard !job.state.isFinished else { return }
        add(
            Amount(jobs: 1, work: job.remainingWork), of: Group(owner: job.owner.name, model: job.request.model),
            running: job.state.status == .running)
    }
}

extension QueueCensus {
    /// From the list, page by page: right for every store, and slow for a long queue.
    init(listing store: some JobStore, pageLimit: Int = 1000) async throws {
        var selection = JobSelection(statuses: [.queued, .running], limit: pageLimit)
        repeat {
            let page = try await store.list(selection)
            for snapshot in page.jobs { add(snapshot.job) }
            selection.cursor = page.next
        } while selection.cursor != nil
    }
}

extension JobStore {
    package func census() async throws -> QueueCensus { try await QueueCensus(listing: self) }

    package func forgetSurplus() async throws {}
}
