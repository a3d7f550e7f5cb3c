import Compute
import Generation
import HTTPServer
import JobQueue
import WorkerPool

/// Everything an operator can set, decoded once at the start. Keys, types and ranges: `ConfigurationKey.all`.
///
/// A setting of a module stands in the module's own type, with its meaning and its default; only what no module knows is
/// said here. `config/underpaint.yaml` lists the defaults (a test compares the two).
struct ServiceConfiguration: Sendable, Equatable {
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
        var defaultName = "fruits"

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

    struct Store: Sendable, Equatable {
        var database = StoreAddress.sqlite(path: nil)
        /// Where the service keeps what outlives it; relative paths start at the working directory.
        var directory = "state"
        /// Where to listen for news of PostgreSQL, where `database` is a pooler; nil: there.
        var listenAddress: String?
        var images = ImagesAddress.database
        /// Where `images` has a bucket; nil: Amazon's, of the region.
        var s3Endpoint: S3Bucket.Endpoint?
        var s3Region = "us-east-1"
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

    var http = ServerConfiguration()
    var access = AccessSettings()
    var admin = AdminSettings()
    /// The time that a stopping service gives its running jobs is `drain_limit_s`.
    var workers = WorkerSettings()
    /// Jobs that run at the same time, each on a worker of its own; 0: none, in a process that only takes them. nil, `auto`:
    /// as many as there are cores, 8 at most, and the jobs that run share the cores.
    var workerCount: Int?
    /// Most threads of one worker; nil: all cores, divided by `workerCount` where that is a number.
    var threadsPerWorker: Int?
    var queue = StoreLimits()
    var store = Store()
    var api = APILimits()
    var compute = Compute()
    var models = Models()
    var log = Log()
}
