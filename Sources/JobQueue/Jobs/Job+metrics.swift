import FoundationEssentials
import Generation
import Telemetry

extension Job {
    /// Reports a job that has ended, whichever way. Each store calls this once per job, when it has written the end.
    package func reportEnd() {
        let model = request.model
        MetricFamily.jobs.add(1, ["model": model, "outcome": state.status.rawValue])
        if let startedAt = state.startedAt {
            MetricFamily.queueTime.observe(.seconds(max(0, startedAt.timeIntervalSince(createdAt))), ["model": model])
        }
        guard case .completed(let completion) = state else { return }
        MetricFamily.runTime.observe(completion.total, ["model": model])
        MetricFamily.batchSize.observe(request.count, ["model": model])
        for stage in completion.stages {
            MetricFamily.stageTime.observe(stage.total, ["model": model, "stage": stage.name])
        }
    }

    /// Makes the counts of all outcomes appear, so that the first job of a model is seen as an increase.
    package static func prepareMetrics(ofModels models: some Sequence<String>) {
        for model in models {
            for status in JobState.Status.allCases where status != .queued && status != .running {
                MetricFamily.jobs.add(0, ["model": model, "outcome": status.rawValue])
            }
        }
    }
}
