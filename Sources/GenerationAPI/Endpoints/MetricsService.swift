import Generation
import HTTPServer
import HTTPTypes
package import JobQueue
package import Logging
import Telemetry

/// `GET /metrics`: what was measured, and how the queue is at this moment.
package struct MetricsService: Sendable {
    private let queue: JobQueue
    private let contentType: String
    private let exposition: @Sendable () -> String
    private let logger: Logger

    /// - Parameters:
    ///   - contentType: of the exposition.
    ///   - exposition: everything that was measured, as the scraper reads it.
    package init(
        queue: JobQueue, contentType: String, logger: Logger, exposition: @escaping @Sendable () -> String
    ) {
        self.queue = queue
        self.contentType = contentType
        self.logger = logger
        self.exposition = exposition
    }

    package var endpoints: [Endpoint] {
        [Endpoint(.get, "/metrics", needs: .read) { _, _ in await show() }]
    }

    private func show() async -> Response {
        do {
            try await queue.status().report()
        } catch {
            // The rest is worth the more while the store is away.
            QueueStatus.reportUnknown()
            logger.error("cannot measure the queue", metadata: ["error": "\(error)"])
        }
        return Response(
            status: 200, headers: [.contentType: contentType, .cacheControl: "no-store"], body: Array(exposition().utf8)
        )
    }
}

extension QueueStatus {
    fileprivate func report() {
        MetricFamily.storeIsUp.set(1)
        MetricFamily.queuedJobs.set(Double(queuedJobs))
        MetricFamily.queuedWork.set(queuedWork.gflop)
        MetricFamily.queuedSeconds.set(estimatedTime(of: queuedWork).map { $0 / .seconds(1) })
        MetricFamily.runningJobs.set(Double(runningJobs))
        MetricFamily.runningWork.set(runningWork.gflop)
        MetricFamily.runningSeconds.set(estimatedTime(of: runningWork).map { $0 / .seconds(1) })
        MetricFamily.workerSpeed.set(speed)
    }

    fileprivate static func reportUnknown() {
        MetricFamily.storeIsUp.set(0)
        let gauges: [MetricFamily] = [
            .queuedJobs, .queuedWork, .queuedSeconds, .runningJobs, .runningWork, .runningSeconds, .workerSpeed,
        ]
        for gauge in gauges { gauge.set(nil) }
    }
}
