import Generation
import JSON
import JobQueue

/// What an instance of the service is and how much it takes: the part of `/v1/capabilities` that does not change.
package struct Capabilities: Sendable, Equatable {
    package var version: String
    /// Tells instances apart: new with every start.
    package var instanceID: String
    /// What computes: name of the backend, and the numbers it multiplies.
    package var backend: String
    package var precision: String
    /// Why that is not what was configured; nil if it is.
    package var fallback: String?
    package var workers: Int
    /// Most threads of one worker.
    package var threadsPerWorker: Int
    /// Whether the jobs that run share the cores: one that runs alone has `threadsPerWorker`, several have a part each.
    package var sharesCores: Bool
    /// Jobs that may wait.
    package var queueLimit: Int
    /// Largest request body.
    package var maximumBodyByteCount: Int

    package init(
        version: String, instanceID: String, backend: String, precision: String, fallback: String?, workers: Int,
        threadsPerWorker: Int, sharesCores: Bool, queueLimit: Int, maximumBodyByteCount: Int
    ) {
        self.version = version
        self.instanceID = instanceID
        self.backend = backend
        self.precision = precision
        self.fallback = fallback
        self.workers = workers
        self.threadsPerWorker = threadsPerWorker
        self.sharesCores = sharesCores
        self.queueLimit = queueLimit
        self.maximumBodyByteCount = maximumBodyByteCount
    }
}

extension Capabilities {
    func document(_ limits: APILimits, _ status: QueueStatus) -> JSONValue {
        .record([
            "version": .string(version), "instance": .string(instanceID),
            "compute": .record([
                "backend": .string(backend), "precision": .string(precision),
                "fallback": fallback.map(JSONValue.string) ?? .null, "workers": .integer(workers),
                "threads_per_worker": .integer(threadsPerWorker), "shares_cores": .bool(sharesCores),
            ]),
            "limits": .record([
                "count": .integer(limits.maximumCount), "wait_s": .integer(Int(limits.maximumWait / .seconds(1))),
                "body_bytes": .integer(maximumBodyByteCount), "queued_jobs": .integer(queueLimit),
            ]),
            "queue": .record([
                "queued": .integer(status.queuedJobs), "running": .integer(status.runningJobs),
                "gflop_ahead": .number(((status.queuedWork + status.runningWork).gflop * 1000).rounded() / 1000),
                "gflop_per_s": status.speed.map { .number(($0 * 1000).rounded() / 1000) } ?? .null,
            ]),
        ])
    }
}
