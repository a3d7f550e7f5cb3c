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

/// `underpaint serve`: HTTP, queue and workers in one process.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve images over HTTP.",
        discussion: "SIGTERM finishes the running jobs and exits; a second one exits at once.")

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Address to listen on (http.host).")
    var host: String?

    @Option(name: .long, parsing: .unconditional, help: "TCP port; 0: any free one (http.port).")
    var port: Int?

    @Option(name: .long, help: "File of keys (http.keys).", completion: .file())
    var keys: String?

    @Flag(name: .long, help: "Let everybody use it who reaches it (http.open).")
    var open = false

    @Option(
        name: .long, parsing: .unconditional,
        help: "Most models in memory at the same time; 0: no limit (models.max_loaded).")
    var maxLoaded: Int?

    @Option(name: .long, help: "Where jobs are kept: memory, sqlite:PATH, postgres://... (store.database).")
    var database: String?

    @Option(
        name: .long,
        help: "Jobs that run at the same time, or auto; 0: workers elsewhere take them (workers.count).")
    var workers: String?

    func run() async throws {
        var overrides: [String: String] = [:]
        if let maxLoaded { overrides["models.max_loaded"] = "\(maxLoaded)" }
        if let host { overrides["http.host"] = host }
        if let keys { overrides["http.keys"] = keys }
        if open { overrides["http.open"] = "true" }
        if let port { overrides["http.port"] = "\(port)" }
        if let database { overrides["store.database"] = database }
        if let workers { overrides["workers.count"] = workers }
        let settings = try options.load(overrides: overrides)
        let logger = ServiceLog.makeLogger(settings.log)
        let access = try AccessControl(settings, logger: logger)
        let library = try ModelLibrary(
            directory: settings.models.directory, defaultModel: settings.models.defaultName)

        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let store = try ServiceStore(settings, servesClients: true, logger: logger)
        let queue = store.queue
        let (choice, plan) = (settings.engineChoice, settings.workerPlan)
        let kind: ServiceProcess.Kind = plan.count == 0 ? .api : .serve
        let workers = WorkerService(kind, settings, plan, library, store, logger)
        let api = GenerationService(
            queue: queue, models: library.served, limits: settings.api,
            capabilities: settings.capabilities(choice, plan), logger: logger,
            readiness: { queue.isHeld ? .draining : workers.phase.readiness })
        let metrics = MetricsService(
            queue: queue, contentType: PrometheusRegistry.contentType, logger: logger, exposition: { registry.text })
        Job.prepareMetrics(ofModels: library.served.map(\.name))
        settings.reportFacts(choice, plan)
        let admin = AdminService(queue: queue, logger: logger)
        // On the port of all nobody may steer without a key, so there it is for those who have some.
        let steering = access.keys == nil && settings.adminServer == nil ? [] : admin.endpoints
        let operators = steering + metrics.endpoints
        func router(_ endpoints: [Endpoint]) -> Router {
            Router(
                endpoints.withContract(
                    version: Underpaint.version, limits: settings.api, hasKeys: access.keys != nil),
                logger: logger)
        }
        let server = Server(
            configuration: serverConfiguration(settings, api, logger),
            responder: try access.wrap(
                router(api.endpoints + (settings.adminServer == nil ? operators : []))),
            logger: logger)
        let adminServer = try settings.adminServer.map { configuration in
            var logger = logger
            logger[metadataKey: "server"] = "admin"
            return Server(
                configuration: configuration,
                responder: try access.wrapAdmin(router(operators + api.healthEndpoints), configuration),
                logger: logger)
        }
        logger.info(
            "starting",
            metadata: [
                "models": "\(library.served.map(\.name).joined(separator: ","))", "engine": "\(choice.engine)",
                "workers": .stringConvertible(plan.count), "threads": .stringConvertible(plan.threads),
                "shares_cores": .stringConvertible(plan.sharedCores != nil),
            ])
        // An address that is taken is told before models are loaded, which may take a minute.
        try server.start()
        try adminServer?.start()
        // Services stop in reverse order: the workers finish while the server still answers.
        let servers = [adminServer, server].compactMap { $0 }
        let group = ServiceGroup(services: servers + [workers], logger: logger)
        try await ServiceRun(
            group: group, servers: servers,
            reload: {
                access.reloadKeys()
                server.reloadCertificate(logger)
            }, logger: logger
        ).run()
        logger.info("stopped")
    }

    /// The server's settings, with no more connections than the system gives descriptors for.
    private func serverConfiguration(
        _ settings: ServiceConfiguration, _ api: GenerationService, _ logger: Logger
    ) -> ServerConfiguration {
        var configuration = settings.server
        configuration.largerBodies = [GenerationService.verificationPath: api.imageByteLimit]
        if let room = DescriptorLimit.raise(), room < configuration.connectionLimit {
            logger.warning(
                "http.max_connections is \(configuration.connectionLimit), but the limit of open files leaves \(room)")
            configuration.connectionLimit = room
        }
        return configuration
    }
}

extension Server {
    /// What is wrong with the new one is logged, and the one before stays.
    fileprivate func reloadCertificate(_ logger: Logger) {
        do {
            if try reloadCertificate() { logger.notice("certificate reloaded") }
        } catch {
            logger.error("certificate not reloaded, the one before stays", metadata: ["error": "\(error)"])
        }
    }
}
