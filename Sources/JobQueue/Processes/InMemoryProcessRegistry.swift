package import FoundationEssentials
import Generation

/// The processes of a store that this one has for itself.
package actor InMemoryProcessRegistry: ProcessRegistry {
    private struct Entry {
        let process: ServiceProcess
        let seenAt: Date
        let expiresAt: Date
    }

    private let now: @Sendable () -> Date
    private var entries: [String: Entry] = [:]
    private var agreed: [String: String] = [:]

    package init(now: @escaping @Sendable () -> Date = { Date() }) { self.now = now }

    package func announce(_ process: ServiceProcess, for duration: Duration) -> [ModelRefusal] {
        let now = now()
        entries = entries.filter { $0.value.expiresAt > now }
        entries[process.id] = Entry(process: process, seenAt: now, expiresAt: now + duration.seconds)
        for (name, own) in process.models where !isHeld(name, agreed[name]) { agreed[name] = own }
        return process.refusals(agreed)
    }

    private func isHeld(_ name: String, _ weights: String?) -> Bool {
        weights != nil && entries.values.contains { $0.process.models[name] == weights }
    }

    package func leave(_ id: String) { entries[id] = nil }

    package func processes() -> [RegisteredProcess] {
        let now = now()
        return entries.values.filter { $0.expiresAt > now }.sorted { $0.process.id < $1.process.id }.map { entry in
            RegisteredProcess(
                entry.process, silence: .seconds(max(0, now.timeIntervalSince(entry.seenAt))),
                refusals: entry.process.refusals(agreed))
        }
    }
}
