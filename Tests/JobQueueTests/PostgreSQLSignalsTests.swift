import Synchronization
import Testing

@testable import JobQueue

@Suite(.timeLimit(.minutes(1)))
struct PostgreSQLSignalsTests {
    /// As a process has them.
    private func makeSignals(at address: String, servesClients: Bool) throws -> PostgreSQLSignals {
        let store = try SQLJobStore(postgreSQL: address, connections: 1)
        return PostgreSQLSignals(listenAt: address, store: store, servesClients: servesClients)
    }

    /// Waits until news of other processes arrive at all.
    private func connect(_ sender: PostgreSQLSignals, to listener: PostgreSQLSignals) async {
        let (subscription, waiter) = (listener.subscribe(to: [.wish]), Waiter())
        let waiting = Task {
            await subscription.wait(upTo: .seconds(600))
            waiter.isAwake.withLock { $0 = true }
        }
        while !waiter.isAwake.withLock({ $0 }) {
            sender.publish(.wish)
            try? await Task.sleep(for: .milliseconds(10))
        }
        await waiting.value
    }

    @Test func `a preview wakes processes with clients, and no workers; an end wakes both`() async throws {
        let address = try PostgreSQLServer.makeAddress()
        let sender = try makeSignals(at: address, servesClients: true)
        let (api, worker) = try (
            makeSignals(at: address, servesClients: true), makeSignals(at: address, servesClients: false)
        )
        await connect(sender, to: api)
        await connect(sender, to: worker)
        let id = JobID()
        let (seen, overheard) = (api.subscribe(to: [.sharedPreview(id)]), worker.subscribe(to: [.sharedPreview(id)]))
        let ended = worker.subscribe(to: [.state(id)])
        let watcher = Task {
            await overheard.wait(upTo: .seconds(600))
            return Task.isCancelled
        }
        sender.publish(.sharedPreview(id))
        await seen.wait(upTo: .seconds(600))
        // Sent after the preview, and so heard after it.
        sender.publish(.state(id))
        await ended.wait(upTo: .seconds(600))
        watcher.cancel()
        #expect(await watcher.value, "woken by a preview")
    }
}

private final class Waiter: Sendable {
    let isAwake = Mutex(false)
}
