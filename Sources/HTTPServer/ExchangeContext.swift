internal import Logging
internal import Synchronization

/// What all exchanges of one server share.
final class ExchangeContext: Sendable {
    let configuration: ServerConfiguration
    let responder: any Responder
    let logger: Logger
    let connections: ConnectionTable
    /// Of TLS; empty without it.
    let identities = TLSIdentities()
    let tally = EventTally()
    /// Raised when the server begins to stop.
    let stopping = StopSignal()
    /// Raised when it shall not wait for anybody.
    let hurrying = StopSignal()
    private let lastMessage = Mutex("no reason given")

    init(configuration: ServerConfiguration, responder: any Responder, logger: Logger) {
        self.configuration = configuration
        self.responder = responder
        self.logger = logger
        connections = ConnectionTable(limit: configuration.connectionLimit, isSecure: configuration.isSecure)
    }

    /// What libmicrohttpd logged last: it has no other way to say why it does not start.
    var lastLibraryMessage: String { lastMessage.withLock { $0 } }

    func noteLibraryMessage(_ message: String) {
        lastMessage.withLock { $0 = message }
        // How it calls what we ask for when a client is gone.
        if !message.hasPrefix("Application reported internal error") { tally.count("libmicrohttpd: \(message)") }
    }

    /// Logs what was counted, if it is time.
    func logTally(early: Bool = false) {
        for (event, count) in tally.take(early: early) {
            logger.info("\(event)", metadata: ["count": "\(count)"])
        }
    }

    /// Deadline for a request whose request line has come.
    var requestDeadline: ContinuousClock.Instant { .now + configuration.requestTimeout }

    /// Deadline for a request of which nothing has come.
    var idleDeadline: ContinuousClock.Instant { requestDeadline + configuration.idleTimeout }
}
