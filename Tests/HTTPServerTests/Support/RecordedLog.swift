import Foundation
import Logging

/// Keeps what is logged at info and above.
struct RecordedLog: LogHandler {
    private final class Lines: @unchecked Sendable {
        let lock = NSLock()
        var texts: [String] = []
    }

    private let recorded = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    var lines: [String] { recorded.lock.withLock { recorded.texts } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let data = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        recorded.lock.withLock { recorded.texts.append("\(event.level) \(event.message)\(data)") }
    }
}
