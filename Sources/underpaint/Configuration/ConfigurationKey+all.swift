import Compute
import Generation
import HTTPServer
import JobQueue
import WorkerPool

extension ConfigurationKey {
    static let automatic = "auto"
    /// Values of `compute.backend`, the fastest first.
    static let backends = [automatic] + EngineOffer.all.reversed().map(\.name)
    /// Values of `compute.precision`, the fastest first.
    static let precisions = [automatic] + Precision.allCases.reversed().map(\.rawValue)

    private static var backend: ConfigurationKey {
        .choiceOrNone(
            "compute.backend", \.compute.backend, of: backends, none: automatic, name: \.name, EngineOffer.named)
    }

    private static var precision: ConfigurationKey {
        .choiceOrNone("compute.precision", \.compute.precision, of: precisions, none: automatic, name: \.rawValue) {
            Precision(rawValue: $0)
        }
    }

    /// Every key there is, with its range, in the order of `config/underpaint.yaml`. What each one means, and its
    /// default, stands beside the setting that it writes into.
    static var all: [ConfigurationKey] {
        [
            .string("http.host", \.http.host),
            .integer("http.port", \.http.port, in: 0...65_535),
            .integer("http.threads", \.http.threadCount, in: 1...64),
            .integer("http.max_body_bytes", \.http.maximumBodyByteCount, in: 1024...16_777_216),
            .integer("http.max_connections", \.http.connectionLimit, in: 1...65_536),
            .integerOrNone("http.max_connections_per_address", \.http.connectionLimitPerAddress, in: 0...65_536),
            .seconds("http.idle_timeout_s", \.http.idleTimeout, in: 1...3600),
            .seconds("http.request_timeout_s", \.http.requestTimeout, in: 1...3600),
            .pathOrNone("http.keys", \.access.keyFile),
            .boolean("http.open", \.access.isOpen),
            allowedHosts, allowedOrigins,
            .pathOrNone("http.tls_certificate", \.http.certificateFile),
            .pathOrNone("http.tls_key", \.http.privateKeyFile),
            .string("admin.host", \.admin.host),
            .integerOrNone("admin.port", \.admin.port, in: 0...65_535, number: { Int($0) }) { UInt16($0) },
            .integerOrAutomatic("workers.count", \.workerCount, in: 0...256),
            .integerOrNone("workers.threads", \.threadsPerWorker, in: 0...256),
            .seconds("workers.lease_s", \.workers.lease, in: 1...3600),
            .seconds("workers.run_timeout_s", \.workers.runTimeout, in: 1...86_400),
            database,
            .string("store.directory", \.store.directory),
            listen, images, s3Endpoint,
            .string("store.s3_region", \.store.s3Region),
            .integer("queue.limit", \.queue.queuedJobs, in: 1...100_000),
            .integer("queue.retained_jobs", \.queue.retainedJobs, in: 1...100_000),
            .integer("queue.retained_bytes", \.queue.retainedByteCount, in: 1...1_000_000_000_000_000),
            .seconds("queue.retained_age_s", \.queue.retainedAge, in: 1...2_592_000),
            .integer("api.max_count", \.api.maximumCount, in: 1...256),
            .seconds("api.max_wait_s", \.api.maximumWait, in: 1...3600),
            .integerOrNone("limits.max_work", \.api.maximumWork, in: 0...1_000_000_000, number: { Int($0.gflop) }) {
                Work(gflop: Double($0))
            },
            backend, precision,
            .string("models.directory", \.models.directory),
            .string("models.default", \.models.defaultName),
            .choice("models.preload", \.models.preload),
            .integer("models.max_loaded", \.models.maxLoaded, in: 0...1000),
            .choice("log.level", \.log.level),
            .choice("log.format", \.log.format),
            .seconds("drain_limit_s", \.workers.shutdownLimit, in: 0...3600),
        ]
    }
}
