/// Suspended callers of an actor, by what they wait for.
struct Waiters<Event: Hashable> {
    typealias Ticket = UInt64

    private var nextTicket: Ticket = 0
    private var continuations: [Ticket: (event: Event, continuation: CheckedContinuation<Void, Never>)] = [:]
    private var tickets: [Event: Set<Ticket>] = [:]

    mutating func makeTicket() -> Ticket {
        nextTicket += 1
        return nextTicket
    }

    mutating func add(_ ticket: Ticket, for event: Event, _ continuation: CheckedContinuation<Void, Never>) {
        continuations[ticket] = (event, continuation)
        tickets[event, default: []].insert(ticket)
    }

    /// Wakes one caller; nothing happens if it is awake already.
    mutating func wake(_ ticket: Ticket) {
        guard let (event, continuation) = continuations.removeValue(forKey: ticket) else { return }
        tickets[event]?.remove(ticket)
        if tickets[event]?.isEmpty == true { tickets[event] = nil }
        continuation.resume()
    }

    mutating func wakeAll(for event: Event) {
        for ticket in tickets[event] ?? [] { wake(ticket) }
    }
}
