internal import Logging
internal import Synchronization

/// What all exchanges of one server share.
final class ExchangeContext: Sendable {
    let configuration: ServerConfiguration
    let responder: any Responder
    let logger: Logger
    let connections = ConnectionTable()
    private let lastMessage = Mutex("no reason given")

    init(configuration: ServerConfiguration, responder: any Responder, logger: Logger) {
        self.configuration = configuration
        self.responder = responder
        self.logger = logger
    }

    /// What libmicrohttpd logged last: it has no other way to say why it does not start.
    var lastLibraryMessage: String { lastMessage.withLock { $0 } }

    func logLibraryMessage(_ message: String) {
        lastMessage.withLock { $0 = message }
        logger.info("libmicrohttpd: \(message)")
    }

    /// Deadline for a request whose request line has come.
    var requestDeadline: ContinuousClock.Instant { .now + configuration.requestTimeout }

    /// Deadline for a request of which nothing has come.
    var idleDeadline: ContinuousClock.Instant { requestDeadline + configuration.idleTimeout }
}
