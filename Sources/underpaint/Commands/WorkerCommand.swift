import ArgumentParser
import Compute
import CoreMetrics
import Generation
import GenerationAPI
import HTTPServer
import JobQueue
import Logging
import Pipeline
import ServiceLifecycle
import Telemetry
import WorkerPool

/// `underpaint worker`: workers without HTTP, for the jobs of a database that others share.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run the jobs of a shared database.",
        discussion: """
            Metrics and health are on admin.port, if it is set. SIGTERM finishes the running jobs, or hands them back after
            drain_limit_s, and exits; a second one exits at once.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "postgres://... (store.database).")
    var database: String?

    @Option(name: .long, help: "Jobs that run at the same time, or auto (workers.count).")
    var workers: String?

    func run() async throws {
        var overrides: [String: String] = [:]
        if let database { overrides["store.database"] = database }
        if let workers { overrides["workers.count"] = workers }
        let settings = try options.load(overrides: overrides)
        guard case .postgreSQL = settings.store.database else {
            throw ValidationError(
                "store.database is \(settings.store.database.text): a worker needs one that it shares, postgres://...")
        }
        let plan = settings.workerPlan
        guard plan.count > 0 else {
            throw ValidationError("workers.count is 0: a worker needs at least 1")
        }
        let logger = ServiceLog.makeLogger(settings.log)
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let library = try ModelLibrary(
            directory: settings.models.directory, defaultModel: settings.models.defaultName)
        let store = try ServiceStore(settings, servesClients: false, logger: logger)
        let service = WorkerService(.worker, settings, plan, library, store, logger)
        Job.prepareMetrics(ofModels: library.served.map(\.name))
        settings.reportFacts(settings.engineChoice, plan)
        let server = settings.adminServer.map { configuration in
            let metrics = MetricsService(
                queue: store.queue, contentType: PrometheusRegistry.contentType, logger: logger,
                exposition: { registry.text })
            let health = HealthService(queue: store.queue, readiness: { service.phase.readiness })
            return Server(
                configuration: configuration,
                responder: Router(metrics.endpoints + health.endpoints, logger: logger), logger: logger)
        }
        try server?.start()
        let servers = [server].compactMap { $0 }
        let group = ServiceGroup(services: servers + [service], logger: logger)
        try await ServiceRun(group: group, servers: servers, reload: {}, logger: logger).run()
        logger.info("stopped")
    }
}
