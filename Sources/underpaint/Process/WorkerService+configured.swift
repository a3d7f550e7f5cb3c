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
        _ kind: ServiceProcess.Kind, _ settings: ServiceConfiguration, _ plan: WorkerPlan, _ library: ModelLibrary,
        _ store: ServiceStore, _ logger: Logger
    ) {
        let (choice, budget) = (settings.engineChoice, plan.makeBudget())
        if let fallback = choice.fallback { logger.warning("\(fallback)") }
        let models = ModelCache(library, limit: settings.models.maxLoaded, logger: logger)
        let preloaded = settings.models.preloadedNames(of: library.served.map(\.name))
        let process = ServiceProcess(
            id: store.processName, kind: kind, host: ServiceStore.host, version: Underpaint.version,
            workers: plan.count, threads: plan.threads,
            models: Dictionary(uniqueKeysWithValues: library.served.map { ($0.name, $0.weightsSHA256) }))
        var workers = settings.workers
        // Others look no oftener.
        if store.isShared { workers.progressInterval = ServiceStore.rereadInterval }
        self.init(process: process, queue: store.queue, settings: workers, logger: logger) {
            let backend = choice.engine.makeBackend(threads: plan.threads, share: budget?.makeShare())
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
