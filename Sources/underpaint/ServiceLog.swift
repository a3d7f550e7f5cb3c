import Foundation
import JSON
import Logging

/// The log: one line per event on standard error, as text or as JSON.
enum ServiceLog {
    static func makeLogger(_ settings: ServiceConfiguration.Log) -> Logger {
        var logger = Logger(label: "underpaint") { label in
            switch settings.format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler(label: label)
            }
        }
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

/// One JSON object per line: `time`, `level`, `message`, and the metadata beside them under `data`.
private struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(label: String) {
        self.label = label
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let data = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let line = JSONValue.record([
            "time": .string(Date().formatted(.iso8601.time(includingFractionalSeconds: true))),
            "level": .string(event.level.rawValue), "message": .string(event.message.description),
            "data": .object(data.map { JSONValue.Member(name: $0.key, value: .string($0.value.description)) }),
        ])
        FileHandle.standardError.write(Data((line.text() + "\n").utf8))
    }
}
