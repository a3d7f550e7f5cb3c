import Generation
import RepositoryFiles
import Testing

@testable import JobQueue

/// Every verb at every state, over all stores, held to the table of `docs/job-states.md`.
struct TransitionTableTests {
    /// Rows of the table.
    enum Start: String, CaseIterable {
        case queued, running, silent, completed, failed, cancelled, expired, forgotten
    }

    /// Columns of the table.
    enum Verb: String, CaseIterable {
        case claim, renew, complete, fail, handBack, giveUp
        case lastGiveUp = "giveUp, last"
        case rescue
        case lastRescue = "rescue, last"
        case cancel, delete, deadline
    }

    /// What a store says of a job and what a verb did to it.
    private struct Outcome {
        let wasRefused: Bool
        let job: Lookup<Job>
    }

    private static let deadline = Duration.seconds(1000)
    private let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases, Start.allCases)
    func `a verb brings a job where the table says, or is refused and changes nothing`(
        kind: StoreUnderTest, start: Start
    ) async throws {
        let store = try kind.make(clock: clock)
        let table = try Self.table()
        for verb in Verb.allCases {
            let expected = try #require(table[start.rawValue]?[verb.rawValue], "no cell for \(start), \(verb)")
            let lease = try await prepare(start, in: store)
            let before = try await store.job(lease.job).map(\.job)
            let wasRefused = try await perform(verb, lease, in: store)
            let after = try await store.job(lease.job).map(\.job)
            if expected == "." {
                #expect(after == before, "\(start), \(verb)")
                // These answer with the job as it is, or are no request at all.
                if ![.cancel, .delete, .deadline].contains(verb) { #expect(wasRefused, "\(start), \(verb)") }
            } else {
                #expect(!wasRefused, "\(start), \(verb)")
                #expect((after.value?.state.status.rawValue ?? "forgotten") == expected, "\(start), \(verb)")
            }
            if after.value == nil { #expect(after == .forgotten, "\(start), \(verb)") }
            // Nothing is left that the next verb would find.
            _ = try await store.delete(lease.job)
        }
    }

    @Test func `the table has a cell for every state and verb, and no other`() throws {
        let table = try Self.table()
        #expect(Set(table.keys) == Set(Start.allCases.map(\.rawValue)))
        for cells in table.values { #expect(Set(cells.keys) == Set(Verb.allCases.map(\.rawValue))) }
    }

    /// Brings a new job into a state.
    ///
    /// - Returns: the lease of its worker, or one that would be the first, where it never had any.
    private func prepare(_ start: Start, in store: any JobStore) async throws -> JobLease {
        let job = try await store.submitJob(.example(deadline: Self.deadline))
        let lease = JobLease(job: job.id, worker: .first, attempt: 1)
        if start == .expired { clock.advance(by: Self.deadline) }
        guard start != .queued, start != .expired else { return lease }
        #expect(try await store.claimNext()?.lease == lease)
        switch start {
        case .queued, .running, .expired: break
        case .silent: clock.advance(by: .seconds(11))
        case .completed: try await store.complete(lease, with: .example())
        case .failed: try await store.fail(lease, because: .generator("out of paint"))
        case .cancelled: _ = try await store.cancel(job.id)
        case .forgotten: _ = try await store.delete(job.id)
        }
        return lease
    }

    /// - Returns: whether the store refused it.
    private func perform(_ verb: Verb, _ lease: JobLease, in store: any JobStore) async throws -> Bool {
        do {
            switch verb {
            case .claim: return try await store.claimNext(by: .second) == nil
            case .renew: try await store.renew(lease, for: .seconds(10), progress: nil)
            case .complete: try await store.complete(lease, with: .example())
            case .fail: try await store.fail(lease, because: .interrupted)
            case .handBack: try await store.handBack(lease)
            case .giveUp: try await store.giveUp(lease, attemptLimit: 2)
            case .lastGiveUp: try await store.giveUp(lease, attemptLimit: 1)
            case .rescue: return try await store.rescue(attemptLimit: 2) == RescueReport()
            case .lastRescue: return try await store.rescue(attemptLimit: 1) == RescueReport()
            case .cancel: _ = try await store.cancel(lease.job)
            case .delete: _ = try await store.delete(lease.job)
            case .deadline: clock.advance(by: Self.deadline)
            }
            return false
        } catch JobStoreError.leaseLost(let lost) {
            #expect(lost == lease)
            return true
        }
    }

    /// The cells below the heading, by state and verb.
    private static func table() throws -> [String: [String: String]] {
        let text = try RepositoryFiles.text("docs/job-states.md")
        let section = try #require(text.split(separator: "## Every state and every verb").last)
        let rows = section.split(separator: "\n").drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
            .map { $0.dropFirst().split(separator: "|").map { $0.filter { $0 != "`" }.trimmed } }
        let verbs = try #require(rows.first).dropFirst()
        return Dictionary(
            uniqueKeysWithValues: rows.dropFirst(2).map { row in
                (row[0], Dictionary(uniqueKeysWithValues: zip(verbs, row.dropFirst())))
            })
    }
}

extension StringProtocol {
    /// Without spaces around it.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
