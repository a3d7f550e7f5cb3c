import Compute
import Foundation
import Generation
import GenerationAPI
import HTTPServer
import JobQueue
import WorkerPool

// The operator's settings in each module's own terms.

extension ServiceConfiguration {
    var server: ServerConfiguration {
        var server = ServerConfiguration()
        server.host = http.host
        server.port = UInt16(http.port)
        server.maximumBodyByteCount = http.maxBodyBytes
        server.connectionLimit = http.maxConnections
        server.connectionLimitPerAddress =
            http.maxConnectionsPerAddress > 0 ? http.maxConnectionsPerAddress : nil
        server.idleTimeout = http.idleTimeout
        server.requestTimeout = http.requestTimeout
        server.threadCount = http.threads
        // The workers have finished by the time the server stops: what is left is replies on their way.
        server.drainLimit = min(drainLimit, .seconds(2))
        return server
    }

    var workerSettings: WorkerSettings {
        WorkerSettings(workerCount: workers.count, lease: workers.lease, shutdownLimit: drainLimit)
    }

    var storeLimits: InMemoryLimits {
        InMemoryLimits(
            queuedJobs: queue.limit, retainedJobs: queue.retainedJobs, retainedAge: queue.retainedAge)
    }

    var apiLimits: APILimits {
        APILimits(
            maximumCount: api.maxCount, maximumWait: api.maxWait,
            maximumWork: limits.maxWork > 0 ? Work(gflop: Double(limits.maxWork)) : nil)
    }

    /// Threads of one worker.
    var workerThreads: Int {
        workers.threadsPerWorker(cores: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// What computes on this machine.
    var engineChoice: EngineChoice {
        EngineChoice(offer: compute.backend, precision: compute.precision)
    }

    func capabilities(_ choice: EngineChoice) -> Capabilities {
        Capabilities(
            version: Underpaint.version, instanceID: UUID().uuidString.lowercased(),
            backend: choice.engine.name, precision: choice.engine.precision.rawValue,
            fallback: choice.fallback, workers: workers.count, threadsPerWorker: workerThreads,
            queueLimit: queue.limit, maximumBodyByteCount: http.maxBodyBytes)
    }
}
