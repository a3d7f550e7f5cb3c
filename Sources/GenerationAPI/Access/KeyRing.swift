import Generation
import Synchronization

/// The keys that count now.
package final class KeyRing: Sendable {
    private struct Entry {
        let key: AccessKey
        let caller: Caller
    }

    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries: Mutex<[Entry]>

    /// - Parameters:
    ///   - keys: no two of the same name or digest.
    ///   - now: the clock of the rates.
    package init(_ keys: [AccessKey], now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
        entries = Mutex(keys.map { Self.entry($0, among: [], now) })
    }

    /// From now on these count. A key that keeps its rate keeps what it has used of it.
    package func replace(with keys: [AccessKey]) {
        entries.withLock { entries in entries = keys.map { Self.entry($0, among: entries, now) } }
    }

    /// The owner of a key; nil if it is none of these.
    func caller(presenting text: String) -> Caller? {
        let digest = SHA256Digest(of: text.utf8)
        return entries.withLock { entries in
            // Each is compared, and each to its end: how long it takes says nothing of the keys.
            entries.filter { $0.key.digest.equalsInConstantTime(digest) }.first?.caller
        }
    }

    private static func entry(
        _ key: AccessKey, among known: [Entry], _ now: @escaping @Sendable () -> ContinuousClock.Instant
    ) -> Entry {
        let meter = key.rate.map { rate in
            known.first { $0.key.name == key.name && $0.key.rate == rate }?.caller.meter ?? WorkMeter(rate, now: now)
        }
        return Entry(key: key, caller: Caller(.key, owner: key.owner, scopes: key.scopes, meter: meter))
    }
}
