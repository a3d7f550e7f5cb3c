import Generation
import Synchronization
import Testing

@testable import JobQueue

@Suite(.timeLimit(.minutes(1)))
struct JobReaderTests {
    private struct Damaged: Error {}

    /// Looks that are held until they are let go, and what each was about.
    private final class HeldLooks: Sendable {
        private let state = Mutex((looks: [Set<JobID>](), held: [CheckedContinuation<Void, Never>]()))

        var looks: [Set<JobID>] { state.withLock { $0.looks } }

        func hold(_ jobs: Set<JobID>) async {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.looks.append(jobs)
                    state.held.append(continuation)
                }
            }
        }

        func letGo() { state.withLock { $0.held.removeFirst() }.resume() }

        func wait(forLook count: Int) async {
            while looks.count < count { await Task.yield() }
        }
    }

    @Test func `who asks while one looks goes with the next look, which is one for all`() async throws {
        let (reader, held) = (JobReader(), HeldLooks())
        let ids = (0..<3).map { _ in JobID() }
        let look: JobReader.Look = { jobs in
            await held.hold(jobs)
            return [ids[1]: .forgotten]
        }
        async let first = reader.job(ids[0], look)
        await held.wait(forLook: 1)
        async let second = reader.job(ids[1], look)
        async let third = reader.job(ids[2], look)
        while reader.waiting < 2 { await Task.yield() }
        held.letGo()
        await held.wait(forLook: 2)
        held.letGo()
        #expect(try await [first, second, third] == [.unknown, .forgotten, .unknown])
        #expect(held.looks == [[ids[0]], [ids[1], ids[2]]])
    }

    @Test func `a row that cannot be read fails its asker, a store that is away all of them`() async throws {
        let (reader, held) = (JobReader(), HeldLooks())
        let ids = (0..<3).map { _ in JobID() }
        for error in [Damaged(), JobStoreError.unavailable("away")] as [any Error] {
            let before = held.looks.count
            let look: JobReader.Look = { jobs in
                if jobs == [ids[0]] || jobs.count > 1 { await held.hold(jobs) }
                if jobs.contains(ids[1]) { throw error }
                return [:]
            }
            let first = Task { try await reader.job(ids[0], look) }
            await held.wait(forLook: before + 1)
            let faulty = Task { try await reader.job(ids[1], look) }
            let sound = Task { try await reader.job(ids[2], look) }
            while reader.waiting < 2 { await Task.yield() }
            held.letGo()
            await held.wait(forLook: before + 2)
            held.letGo()
            #expect(try await first.value == .unknown)
            await #expect(throws: (any Error).self) { try await faulty.value }
            #expect((try? await sound.value) == (error is Damaged ? .unknown : nil))
        }
    }
}
