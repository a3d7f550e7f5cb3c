import Foundation
import Logging

/// The log: one line per event on standard error, as text or as JSON.
enum ServiceLog {
    static func makeLogger(_ settings: ServiceConfiguration.Log) -> Logger {
        var logger = Logger(label: "underpaint") { _ in LineLogHandler(format: settings.format) }
        logger.logLevel = settings.level.logLevel
        return logger
    }
}

extension ServiceConfiguration.Log.Level {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}

private struct LineLogHandler: LogHandler {
    let format: ServiceConfiguration.Log.Format
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(format: ServiceConfiguration.Log.Format) {
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = LogLine(
            time: Date(), level: event.level, message: event.message.description,
            metadata: metadata.merging(event.metadata ?? [:]) { _, new in new })
        let text =
            switch format {
            case .text: line.text
            case .json: line.json
            }
        // Nobody may read it any more: that is no reason to end.
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }
}
