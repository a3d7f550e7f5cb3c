import Generation
import JobQueue
import Sampler
import Testing

extension GenerationRequest {
    static func example(
        model: String = "fashion", count: Int = 1, priority: Int = 0, deadline: Duration? = nil,
        previews: Bool = false
    ) -> GenerationRequest {
        GenerationRequest(
            model: model, classID: 7, className: "Sneaker", count: count, seed: 42, guidance: 3,
            guidanceSchedule: .linear, temperature: 1,
            sampler: SamplerPreset.gtr16.settings(for: TokenGrid(height: 8, width: 8)), metadata: true,
            priority: priority, deadline: deadline, previews: previews)
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

extension ImagePreview {
    static func example(_ index: Int, step: Int) -> ImagePreview {
        ImagePreview(index: index, step: step, steps: 10, width: 32, height: 32, png: [UInt8(index), UInt8(step)])
    }
}

extension WorkerID {
    static let first = WorkerID("first")
    static let second = WorkerID("second")
}

extension JobStore {
    /// Submits a new job, of 1 GFLOP per image where the test does not say.
    func submitJob(_ request: GenerationRequest, gflop: Double? = nil) async throws -> Job {
        let work = Work(gflop: gflop ?? Double(request.count))
        let accepted = try await submit(JobSubmission(request, work: work))
        return try #require(try await job(accepted.id).value).job
    }

    /// Claims the next job for ten seconds.
    func claimNext(by worker: WorkerID = .first) async throws -> ClaimedJob? {
        try await claim(by: worker, models: ["fashion"], for: .seconds(10))
    }

    /// - Throws: `JobStoreError.leaseLost`.
    func renew(_ lease: JobLease, for duration: Duration, progress: GenerationProgress?) async throws {
        let lost = try await renew([LeaseRenewal(lease, progress: progress)], for: duration)
        if lost.contains(lease) { throw JobStoreError.leaseLost(lease) }
    }
}
