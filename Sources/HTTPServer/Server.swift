package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// HTTP/1.1 server. Few threads receive and send for all connections; a request that waits for its response is taken out
/// of the event loop and holds none of them.
///
/// Refuses by itself, with a problem document and before any work: 400 malformed, 408 too slow, 413 body too large, 431
/// header too large, 501 transfer coding other than chunked, 503 stopping. A request line or header that cannot be read
/// as HTTP at all is answered by libmicrohttpd in its own words, or by closing the connection.
package final class Server: Service {
    private enum State {
        case ready(waiting: [CheckedContinuation<UInt16, any Error>])
        case running(Daemon, watch: Task<Void, Never>)
        case stopping
        case stopped
    }

    private let context: ExchangeContext
    private let state = Mutex(State.ready(waiting: []))
    /// Raised when everything is closed.
    private let closed = StopSignal()

    package init(configuration: ServerConfiguration, responder: any Responder, logger: Logger) {
        context = ExchangeContext(configuration: configuration, responder: responder, logger: logger)
    }

    /// Serves until graceful shutdown, then stops as `stop()` does. When the task is cancelled, requests in flight are
    /// given up at once.
    /// - Throws: what `start()` throws.
    package func run() async throws {
        try start()
        // Thrown by cancellation, of which stop() sees for itself.
        try? await gracefulShutdown()
        await stop()
    }

    /// Listens and serves. Does nothing if the server runs already.
    /// - Returns: the port it listens on.
    /// - Throws: `ServerError`.
    @discardableResult
    package func start() throws(ServerError) -> UInt16 {
        try state.withLock { state throws(ServerError) in
            switch state {
            case .stopping, .stopped: throw .stopped
            case .running(let daemon, _): return daemon.boundPort
            case .ready(let waiting):
                do throws(ServerError) {
                    try context.configuration.validate()
                    let daemon = try Daemon(context: context)
                    let port = daemon.boundPort
                    state = .running(daemon, watch: watch())
                    for continuation in waiting { continuation.resume(returning: port) }
                    let configuration = context.configuration
                    let address = ListeningAddress(
                        host: configuration.host, port: port, isSecure: configuration.isSecure)
                    context.logger.info("listening on \(address.host) port \(port): \(address.url)")
                    return port
                } catch {
                    state = .stopped
                    for continuation in waiting { continuation.resume(throwing: error) }
                    throw error
                }
            }
        }
    }

    /// The port the server listens on, as soon as it does.
    /// - Throws: `ServerError` if it could not start, or has stopped.
    package func boundPort() async throws -> UInt16 {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                switch state {
                case .ready(let waiting): state = .ready(waiting: waiting + [continuation])
                case .running(let daemon, _): continuation.resume(returning: daemon.boundPort)
                case .stopping, .stopped: continuation.resume(throwing: ServerError.stopped)
                }
            }
        }
    }

    /// Reads the certificate and its key again. Handshakes from now on get them; connections that are open go on. Does
    /// nothing without TLS.
    /// - Returns: whether there is one.
    /// - Throws: `ServerError.unusableCertificate`; the one before stays.
    package func reloadCertificate() throws(ServerError) -> Bool {
        try context.loadCertificate()
        return context.configuration.isSecure
    }

    /// Tells responders and streams that the service will stop (`Request.stopping`), and goes on serving. For a service
    /// whose other parts stop before the server does.
    package func announceStop() { context.stopping.raise() }

    /// Announces the stop, refuses new requests with 503, lets those in flight finish within `drainLimit` and streams end
    /// within `streamDrainLimit`, answers the rest with 503 or breaks it off, cancels their tasks and closes every
    /// connection. A stopped server cannot be started again. Returns when all is closed, also where it was called before.
    ///
    /// The listening socket stays open until the end, so that clients get the 503 rather than no connection; and because
    /// libmicrohttpd 0.9.75 can abort the process when `MHD_quiesce_daemon` races with a thread of its pool over the
    /// removal of that socket from epoll.
    /// - Parameter atOnce: whether to wait for nobody, also in a stop that is under way.
    package func stop(atOnce: Bool = false) async {
        context.stopping.raise()
        if atOnce { context.hurrying.raise() }
        let before = state.withLock { state in
            let before = state
            switch state {
            case .ready(let waiting):
                for continuation in waiting { continuation.resume(throwing: ServerError.stopped) }
                state = .stopped
            case .running: state = .stopping
            case .stopping, .stopped: break
            }
            return before
        }
        switch before {
        case .running(let daemon, let watch): await close(daemon, watch)
        case .stopping: await closed.wait()
        case .ready, .stopped: break
        }
    }

    private func close(_ daemon: Daemon, _ watch: Task<Void, Never>) async {
        context.connections.restrict(to: .draining)
        let limit = context.configuration.drainLimit
        let streamLimit = min(limit, context.configuration.streamDrainLimit)
        await settle(within: streamLimit, mayHurry: true)
        for exchange in context.connections.exchanges { exchange.breakOffStream() }
        await settle(within: limit - streamLimit, mayHurry: true)

        context.connections.restrict(to: .closed)
        let unfinished = context.connections.exchanges
        if !unfinished.isEmpty { context.logger.warning("giving up \(unfinished.count) requests in flight") }
        for exchange in unfinished { exchange.giveUp() }
        await settle(within: .seconds(1), mayHurry: false)
        watch.cancel()
        await disconnect()
        daemon.stop()
        context.logTally(early: true)
        context.logger.info("stopped")
        state.withLock { $0 = .stopped }
        closed.raise()
    }

    /// Ends every connection before the threads are stopped: libmicrohttpd 0.9.75 takes no response while it stops, not
    /// even its own to a malformed request, and crashes over the lack of it.
    private func disconnect() async {
        context.connections.hangUpAll()
        let end = ContinuousClock.now + .seconds(1)
        while !context.connections.isEmpty, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until no exchange is under way, the time is over, or the task is cancelled.
    private func settle(within limit: Duration, mayHurry: Bool) async {
        let end = ContinuousClock.now + limit
        while !context.connections.exchanges.isEmpty, ContinuousClock.now < end {
            if mayHurry, context.hurrying.isRaised { return }
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
        }
    }

    /// Looks after slow and vanished clients twice a second.
    private func watch() -> Task<Void, Never> {
        Task { [context] in
            var lastWarning: ContinuousClock.Instant?
            while !Task.isCancelled {
                let found = context.connections.sweep()
                context.tally.count("clients left before their reply", found.vanished)
                context.tally.count("clients were too slow and were cut off", found.slow)
                context.logTally()
                if lastWarning.map({ .now - $0 >= .seconds(60) }) ?? true, warnOfLimit(found) { lastWarning = .now }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// - Returns: whether there was a reason to.
    private func warnOfLimit(_ found: ConnectionTable.Findings) -> Bool {
        let evicted = context.connections.takeEvictedCount()
        guard evicted > 0 || found.isFull else { return false }
        context.logger.warning(
            found.isFull
                ? "the limit of connections is reached" : "the limit of connections is near: silent ones were closed",
            metadata: ["limit": "\(context.configuration.connectionLimit)", "closed": "\(evicted)"])
        return true
    }
}
