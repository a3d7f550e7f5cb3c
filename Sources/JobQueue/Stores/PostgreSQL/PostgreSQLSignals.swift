import Foundation
import Synchronization

/// News between all processes that share a PostgreSQL database, by LISTEN and NOTIFY: one connection that listens for
/// the whole process. News of this process reach its own waiters at once.
package final class PostgreSQLSignals: JobSignals {
    private static let workChannel = "underpaint_news"
    /// Apart from that, so that a worker does not wake up for what only clients want to know.
    private static let clientChannel = "underpaint_clients"
    /// How long a listener that has lost its connection waits before the next, on average.
    private static let reconnectDelay = 0.5

    private let local = LocalSignals()
    /// Ends what this process tells, so that it does not hear it again.
    private let sender: String
    private let database: PostgreSQLDatabase
    private let outgoing = Mutex((news: Set<JobNews>(), isSending: false))
    private let listener: Listener

    /// - Parameters:
    ///   - address: where to listen: of the database itself, as no pooler of transactions hands on what others notify.
    ///   - servesClients: whether somebody here may want to know where jobs stand, and how those look that other processes run.
    package init(listenAt address: String, store: SQLJobStore, servesClients: Bool = true) {
        guard let database = store.database as? PostgreSQLDatabase else {
            preconditionFailure("news go through the database of the jobs")
        }
        self.database = database
        sender = String(UInt64.random(in: .min ... .max), radix: 36)
        listener = Listener(
            address, channels: [Self.workChannel] + (servesClients ? [Self.clientChannel] : []), local, without: sender)
    }

    deinit { listener.end() }

    package func subscribe(to news: Set<JobNews>) -> NewsSubscription { local.subscribe(to: news) }

    package func publish(_ news: JobNews) {
        local.publish(news)
        guard news.payload != nil else { return }
        let starts = outgoing.withLock { outgoing in
            outgoing.news.insert(news)
            defer { outgoing.isSending = true }
            return !outgoing.isSending
        }
        // What comes while one is on its way goes with the next.
        if starts { Task { await send() } }
    }

    private func send() async {
        while let news = takeOutgoing() {
            // Lost news costs the others a second, and is no reason to stop.
            try? await database.notify(
                news.compactMap { news in
                    guard let payload = news.payload else { return nil }
                    return (news.isForClients ? Self.clientChannel : Self.workChannel, "\(payload) \(sender)")
                })
        }
    }

    private func takeOutgoing() -> Set<JobNews>? {
        outgoing.withLock { outgoing in
            guard !outgoing.news.isEmpty else {
                outgoing.isSending = false
                return nil
            }
            defer { outgoing.news = [] }
            return outgoing.news
        }
    }

    /// A thread and its connection.
    private final class Listener: Sendable {
        private let isOver = Atomic(false)

        init(_ address: String, channels: [String], _ local: LocalSignals, without sender: String) {
            let thread = Thread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    do {
                        let connection = try PostgreSQLConnection(address)
                        for channel in channels { try connection.execute("listen \(channel)") }
                        while !isOver.load(ordering: .relaxed) {
                            for payload in try connection.notifications(within: 1000) {
                                let words = payload.split(separator: " ")
                                guard words.last != sender[...] else { continue }
                                if let news = JobNews(payload: words.dropLast()) { local.publish(news) }
                            }
                        }
                    } catch {
                        Thread.sleep(forTimeInterval: PostgreSQLSignals.reconnectDelay * Double.random(in: 0.5...1.5))
                    }
                }
            }
            thread.name = "postgresql-listen"
            thread.start()
        }

        func end() { isOver.store(true, ordering: .relaxed) }
    }
}

extension JobNews {
    /// Whether it concerns only processes that have clients.
    var isForClients: Bool {
        switch self {
        case .line, .sharedPreview: true
        case .work, .state, .wish, .progress, .preview, .board, .closing: false
        }
    }

    /// How it is written between processes; nil for what stays in this one.
    var payload: String? {
        switch self {
        case .work: "work"
        case .line: "line"
        case .state(let id): "state \(id)"
        case .sharedPreview(let id): "preview \(id)"
        case .wish: "wish"
        case .progress, .preview, .board, .closing: nil
        }
    }

    /// - Parameter words: of a payload.
    init?(payload words: ArraySlice<Substring>) {
        switch (words.first, words.count == 2 ? words.last.flatMap { JobID(String($0)) } : nil) {
        case ("work", nil): self = .work
        case ("line", nil): self = .line
        case ("state", let id?): self = .state(id)
        case ("preview", let id?): self = .sharedPreview(id)
        case ("wish", nil): self = .wish
        default: return nil
        }
    }
}
