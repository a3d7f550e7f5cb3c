import Compute
import Telemetry
import WorkerPool

extension ServiceConfiguration {
    /// Reports what does not change while the service runs.
    func reportFacts(_ choice: EngineChoice, _ plan: WorkerPlan) {
        MetricFamily.build.set(1, ["version": Underpaint.version, "revision": Underpaint.revision])
        MetricFamily.compute.set(
            1, ["engine": choice.engine.name, "precision": choice.engine.precision.rawValue])
        MetricFamily.workers.set(Double(plan.count))
        MetricFamily.workerThreads.set(Double(plan.threads))
    }
}
