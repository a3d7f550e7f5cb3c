import Synchronization

/// Reads jobs for all who ask. Where a job stands takes a look at everything that waits: who asks while one look is taken
/// goes with the next, which is one for all of them.
final class JobReader: Sendable {
    typealias Answers = [JobID: Lookup<JobSnapshot>]
    typealias Look = @Sendable (_ jobs: Set<JobID>) async throws -> Answers

    private struct Asker {
        let job: JobID
        let continuation: CheckedContinuation<Lookup<JobSnapshot>, any Error>
    }

    /// Most askers of one look: databases limit the values of a statement.
    private static let lookLimit = 500

    private let state = Mutex((askers: [Asker](), isLooking: false))

    /// How many the next looks are for.
    var waiting: Int { state.withLock { $0.askers.count } }

    /// What is true at some moment after the call.
    func job(_ id: JobID, _ look: @escaping Look) async throws -> Lookup<JobSnapshot> {
        try await withCheckedThrowingContinuation { continuation in
            let starts = state.withLock { state in
                state.askers.append(Asker(job: id, continuation: continuation))
                defer { state.isLooking = true }
                return !state.isLooking
            }
            // A task of its own: the others' answers do not depend on a caller that is cancelled.
            if starts { Task { await answerAll(look) } }
        }
    }

    private func answerAll(_ look: Look) async {
        while let askers = takeAskers() { await answer(askers, look) }
    }

    private func takeAskers() -> [Asker]? {
        state.withLock { state in
            guard !state.askers.isEmpty else {
                state.isLooking = false
                return nil
            }
            defer { state.askers.removeFirst(min(Self.lookLimit, state.askers.count)) }
            return Array(state.askers.prefix(Self.lookLimit))
        }
    }

    private func answer(_ askers: [Asker], _ look: Look) async {
        do {
            let answers = try await look(Set(askers.map(\.job)))
            for asker in askers { asker.continuation.resume(returning: answers[asker.job] ?? .unknown) }
        } catch {
            // A store that is away is so for all. A row that cannot be read is the fault of one.
            guard askers.count > 1, !(error is JobStoreError) else {
                return askers.forEach { $0.continuation.resume(throwing: error) }
            }
            for asker in askers { await answer([asker], look) }
        }
    }
}
