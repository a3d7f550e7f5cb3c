import Logging
import Synchronization

/// Keeps the lines of a logger.
final class RecordedLog: Sendable {
    private let recorded = Mutex<[(level: Logger.Level, metadata: Logger.Metadata)]>([])

    var lines: [(level: Logger.Level, metadata: Logger.Metadata)] { recorded.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var logLevel = Logger.Level.trace
        var metadata = Logger.Metadata()

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.recorded.withLock { $0.append((event.level, event.metadata ?? [:])) }
        }
    }
}
