import Compute
import Generation
import GenerationAPI
import JobQueue
import Logging
import Pipeline
import WorkerPool

extension WorkerService {
    /// The workers that are configured, for the models of this machine.
    convenience init(
        _ kind: ServiceProcess.Kind, _ settings: ServiceConfiguration, _ library: ModelLibrary, _ store: ServiceStore,
        _ logger: Logger
    ) {
        let (choice, threads) = (settings.engineChoice, settings.workerThreads)
        if let fallback = choice.fallback { logger.warning("\(fallback)") }
        let models = ModelCache(library, limit: settings.models.maxLoaded, logger: logger)
        let preloaded = settings.models.preloadedNames(of: library.served.map(\.name))
        let process = ServiceProcess(
            id: store.processName, kind: kind, host: ServiceStore.host, version: Underpaint.version,
            workers: settings.workers.workerCount, threads: threads,
            models: Dictionary(uniqueKeysWithValues: library.served.map { ($0.name, $0.weightsSHA256) }))
        var workers = settings.workers
        // Others look no oftener.
        if store.isShared { workers.progressInterval = ServiceStore.rereadInterval }
        self.init(process: process, queue: store.queue, settings: workers, logger: logger) {
            let backend = choice.engine.makeBackend(threads: threads)
            try models.load(preloaded, with: backend)
            return GenerationPipeline(
                models: models, backend: backend, maker: ServiceConfiguration.imageMaker(choice.engine))
        }
    }
}

extension WorkerService.Phase {
    var readiness: Readiness {
        switch self {
        case .loading: .loading
        case .ready: .ready
        case .draining: .draining
        }
    }
}
