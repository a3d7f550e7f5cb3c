import Generation
import JobQueue
import Sampler

extension GenerationRequest {
    static func example(count: Int = 1, priority: Int = 0, deadline: Duration? = nil) -> GenerationRequest {
        GenerationRequest(
            model: "fashion", classID: 7, className: "Sneaker", count: count, seed: 42, guidance: 3,
            guidanceSchedule: .linear, temperature: 1,
            sampler: SamplerPreset.gtr16.settings(for: TokenGrid(height: 8, width: 8)), metadata: true,
            priority: priority, deadline: deadline)
    }
}

extension FinishedWork {
    static func example(count: Int = 1, total: Duration = .milliseconds(100)) -> FinishedWork {
        let images = (0..<count).map { index in
            GeneratedImage(index: index, seed: 42 + UInt64(index), width: 32, height: 32, png: [1, 2, UInt8(index)])
        }
        return FinishedWork(
            GenerationOutcome(images: images, stages: [.vae(total: .milliseconds(5))]), total: total)
    }
}

extension WorkerID {
    static let first = WorkerID("first")
    static let second = WorkerID("second")
}

extension JobStore {
    /// Claims the next job for ten seconds.
    func claimNext(by worker: WorkerID = .first) async throws -> ClaimedJob? {
        try await claim(by: worker, for: .seconds(10))
    }
}
