import Compute

/// Everything an operator can set, decoded once at the start. Keys, types and ranges: `ConfigurationKey.all`.
///
/// The values here are the defaults; `config/underpaint.yaml` lists them (a test compares the two).
struct ServiceConfiguration: Sendable, Equatable {
    struct HTTP: Sendable, Equatable {
        /// Address to listen on.
        var host = "127.0.0.1"
        /// TCP port; 0: any free one.
        var port = 8080
        /// Threads that move bytes; requests that wait hold none of them.
        var threads = 2
        /// Largest request body.
        var maxBodyBytes = 65_536
        /// Open connections, over all clients.
        var maxConnections = 1024
        /// Open connections of one client address; 0: no limit.
        var maxConnectionsPerAddress = 0
        /// A connection without traffic is closed after this.
        var idleTimeout: Duration = .seconds(30)
        /// A request must have arrived whole after this.
        var requestTimeout: Duration = .seconds(30)
    }

    struct Workers: Sendable, Equatable {
        /// Jobs that run at the same time.
        var count = 1
        /// Threads of one worker; 0: all cores, divided by `count`.
        var threads = 0
        /// A job whose worker has not been heard of for this long goes to another.
        var lease: Duration = .seconds(30)

        /// Threads of one worker on a machine with this many cores, at least 1.
        func threadsPerWorker(cores: Int) -> Int {
            threads > 0 ? threads : max(1, cores / count)
        }
    }

    struct Queue: Sendable, Equatable {
        /// Jobs that may wait; more are refused.
        var limit = 64
        /// Finished jobs whose images are kept.
        var retainedJobs = 256
        /// Finished jobs older than this are forgotten.
        var retainedAge: Duration = .seconds(3600)
    }

    struct API: Sendable, Equatable {
        /// Most images of one request.
        var maxCount = 16
        /// Longest time that a reply is held for a client that waits.
        var maxWait: Duration = .seconds(60)
    }

    struct Limits: Sendable, Equatable {
        /// Work of one request, in GFLOP; 0: that of `api.max_count` images of the costliest preset on the model asked
        /// for.
        var maxWork = 0
    }

    struct Compute: Sendable, Equatable {
        /// nil, `auto`: the fastest that the processor runs.
        var backend: EngineOffer?
        /// Of weights and of what they are multiplied with; sums are fp32 at least. nil, `auto`: the fastest that the
        /// backend has on this processor.
        var precision: Precision?
    }

    struct Models: Sendable, Equatable {
        /// Directory with one directory per model; relative paths start at the working directory.
        var directory = "models"
        /// Model of requests that name none.
        var defaultName = "fashion"

        enum Preload: String, Sendable, CaseIterable {
            /// The model of requests that name none.
            case `default`
            case all
            case none
        }

        /// Which models are loaded before the service is ready; the others when the first job asks for them.
        var preload = Preload.default
        /// Most models in memory at the same time, the least recently used one goes; 0: no limit.
        var maxLoaded = 0

        /// - Parameter names: of all models, the default one first.
        /// - Returns: no more than may be loaded.
        func preloadedNames(of names: [String]) -> [String] {
            let wanted =
                switch preload {
                case .default: Array(names.prefix(1))
                case .all: names
                case .none: [String]()
                }
            return maxLoaded > 0 ? Array(wanted.prefix(maxLoaded)) : wanted
        }
    }

    struct Log: Sendable, Equatable {
        enum Level: String, Sendable, CaseIterable { case trace, debug, info, notice, warning, error, critical }
        enum Format: String, Sendable, CaseIterable {
            case text
            /// One object per line.
            case json
        }

        /// Least severe level that is written.
        var level = Level.info
        var format = Format.text
    }

    var http = HTTP()
    var workers = Workers()
    var queue = Queue()
    var api = API()
    var limits = Limits()
    var compute = Compute()
    var models = Models()
    var log = Log()
    /// Longest time that a stopping service waits for its running jobs.
    var drainLimit: Duration = .seconds(30)
}
