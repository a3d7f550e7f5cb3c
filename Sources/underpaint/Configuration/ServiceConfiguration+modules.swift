import Compute
import Foundation
import GenerationAPI
import HTTPServer
import JobQueue
import Reproduction
import WorkerPool

// What the modules are given beside their own settings.

extension ServiceConfiguration {
    /// The server's settings. By the time it stops the workers have finished, or have used up their limit: what is left
    /// is replies on their way.
    var server: ServerConfiguration {
        var server = http
        server.drainLimit = min(workers.shutdownLimit, .seconds(2))
        return server
    }

    /// The settings of the operators' own port; nil: there is none. It has few clients, and no TLS: it is for this machine,
    /// or for a network of theirs.
    var adminServer: ServerConfiguration? {
        guard let port = admin.port else { return nil }
        var server = ServerConfiguration()
        server.host = admin.host
        server.port = port
        server.threadCount = 1
        server.connectionLimit = 64
        server.drainLimit = self.server.drainLimit
        return server
    }

    /// What computes on this machine.
    var engineChoice: EngineChoice {
        EngineChoice(offer: compute.backend, precision: compute.precision)
    }

    /// What images say that they are made by.
    static func imageMaker(_ engine: Engine) -> ImageMaker {
        ImageMaker(version: Underpaint.version, engine: engine.name, precision: engine.precision.rawValue)
    }

    func capabilities(_ choice: EngineChoice, _ plan: WorkerPlan) -> Capabilities {
        Capabilities(
            version: Underpaint.version, instanceID: UUID().uuidString.lowercased(),
            backend: choice.engine.name, precision: choice.engine.precision.rawValue,
            fallback: choice.fallback, workers: plan.count, threadsPerWorker: plan.threads,
            sharesCores: plan.sharedCores != nil, queueLimit: queue.queuedJobs,
            maximumBodyByteCount: http.maximumBodyByteCount)
    }
}
