import Glibc
import HTTPServer
import Logging
import ServiceLifecycle
import UnixSignals

/// The services of one process from their start to their end, and what signals do to them.
///
/// The first SIGTERM or SIGINT ends the service in order: running jobs finish, waiting clients are answered. The second
/// one ends it at once, after telling the clients. SIGHUP has files read again, if there are such. SIGUSR1, SIGUSR2 and SIGPIPE do nothing: a closed terminal or
/// a log that nobody reads any more is no reason to drop the clients.
struct ServiceRun {
    let group: ServiceGroup
    let servers: [Server]
    /// What SIGHUP asks for.
    let reload: @Sendable () -> Void
    let logger: Logger

    /// Returns when all services have ended.
    func run() async throws {
        for number in [SIGUSR1, SIGUSR2, SIGPIPE] { signal(number, SIG_IGN) }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await follow(signals) }
            defer { tasks.cancelAll() }
            // The services end first: signals do not.
            try await tasks.next()
        }
    }

    private func follow(_ signals: UnixSignalsSequence) async {
        var isStopping = false
        for await signal in signals {
            if signal == .sighup {
                reload()
                continue
            }
            guard isStopping else {
                isStopping = true
                logger.info("stopping", metadata: ["signal": "\(signal)"])
                await group.triggerGracefulShutdown()
                for server in servers { server.announceStop() }
                continue
            }
            logger.warning("stopping at once, running jobs are lost", metadata: ["signal": "\(signal)"])
            for server in servers { await server.stop(atOnce: true) }
            // What a shell reports for a process that the signal ended. Not `exit`: threads still compute.
            _exit(128 + (signal == .sigint ? SIGINT : SIGTERM))
        }
    }
}
