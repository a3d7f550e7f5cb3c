package import Compute
import Dispatch
import Generation
package import Logging
package import MARModel
import Synchronization
import Telemetry

/// The weights that are in memory, shared by all workers: loaded when they are first asked for, and beyond a limit given
/// up again, the least recently used ones first. What a running job uses stays.
package final class ModelCache: ModelSource {
    private enum Slot {
        case loading
        case loaded(MARModel, users: Int, lastUse: UInt64)
    }

    private struct State {
        var slots: [String: Slot] = [:]
        /// Counts uses.
        var clock: UInt64 = 0
        /// Who waits for room, first come first served: else a busy model would keep its place forever.
        var queue: [UInt64] = []
        /// Woken at every change.
        var sleepers: [DispatchSemaphore] = []
    }

    private enum Decision {
        case use(MARModel)
        case load
        case wait
    }

    /// How often who waits looks whether it still should.
    private static let patience = DispatchTimeInterval.milliseconds(100)

    private let library: ModelLibrary
    private let limit: Int
    private let logger: Logger?
    private let state = Mutex(State())

    /// - Parameter limit: most models in memory at the same time; 0: no limit.
    package init(_ library: ModelLibrary, limit: Int = 0, logger: Logger? = nil) {
        self.library = library
        self.limit = limit
        self.logger = logger
    }

    /// Loads models before a job needs them.
    package func load(_ names: [String], with backend: any Backend) throws {
        for name in names { try withModel(name, for: backend, onWait: {}) { _ in } }
    }

    package var keepsModels: Bool { limit == 0 }

    /// Names of what is in memory.
    package var loadedNames: Set<String> { state.withLock { Set($0.slots.keys) } }

    package func withModel<Result>(
        _ name: String, for backend: any Backend, onWait: () throws -> Void, _ work: (MARModel) throws -> Result
    ) throws -> Result {
        guard library.served.contains(where: { $0.name == name }) else { throw PipelineError.unknownModel(name) }
        let model = try acquire(name, backend, onWait: onWait)
        defer { release(name) }
        return try work(model)
    }

    private func acquire(_ name: String, _ backend: any Backend, onWait: () throws -> Void) throws -> MARModel {
        let wakeUp = DispatchSemaphore(value: 0)
        let ticket = state.withLock { state in
            state.clock += 1
            return state.clock
        }
        while true {
            var evicted: (name: String, slot: Slot)?
            let decision = state.withLock { Self.decide(name, ticket, limit, wakeUp, &evicted, &$0) }
            if let gone = evicted?.name {
                evicted = nil  // frees the memory, before the next model takes as much
                MemoryRelease.run()
                logger?.info("model unloaded", metadata: ["model": "\(gone)"])
            }
            switch decision {
            case .use(let model): return model
            case .load: return try load(name, backend)
            case .wait:
                _ = wakeUp.wait(timeout: .now() + Self.patience)
                do {
                    try onWait()
                } catch {
                    change { state in state.queue.removeAll { $0 == ticket } }
                    throw error
                }
            }
        }
    }

    private static func decide(
        _ name: String, _ ticket: UInt64, _ limit: Int, _ wakeUp: DispatchSemaphore,
        _ evicted: inout (name: String, slot: Slot)?, _ state: inout State
    ) -> Decision {
        func wait() -> Decision {
            if !state.sleepers.contains(where: { $0 === wakeUp }) { state.sleepers.append(wakeUp) }
            return .wait
        }
        let isFirst = state.queue.first.map { $0 == ticket } ?? true
        switch state.slots[name] {
        case .loading: return wait()
        case .loaded(let model, let users, _) where isFirst:
            state.queue.removeAll { $0 == ticket }
            state.clock += 1
            state.slots[name] = .loaded(model, users: users + 1, lastUse: state.clock)
            return .use(model)
        case .loaded, nil: break
        }
        let hasRoom = limit == 0 || state.slots.count < limit
        if isFirst, state.slots[name] == nil, hasRoom || evictOldest(&evicted, &state) {
            state.queue.removeAll { $0 == ticket }
            state.slots[name] = .loading
            return .load
        }
        if !state.queue.contains(ticket) { state.queue.append(ticket) }
        return wait()
    }

    /// - Returns: whether there was one that nobody uses.
    private static func evictOldest(_ evicted: inout (name: String, slot: Slot)?, _ state: inout State) -> Bool {
        let idle = state.slots.compactMap { name, slot -> (name: String, lastUse: UInt64)? in
            guard case .loaded(_, users: 0, let lastUse) = slot else { return nil }
            return (name, lastUse)
        }
        guard let oldest = idle.min(by: { $0.lastUse < $1.lastUse }),
            let slot = state.slots.removeValue(forKey: oldest.name)
        else { return false }
        evicted = (oldest.name, slot)
        return true
    }

    private func load(_ name: String, _ backend: any Backend) throws -> MARModel {
        let start = ContinuousClock.now
        do {
            guard let model = try library.load([name], with: backend)[name] else {
                throw PipelineError.unknownModel(name)
            }
            change { state in
                state.clock += 1
                state.slots[name] = .loaded(model, users: 1, lastUse: state.clock)
            }
            let time = ContinuousClock.now - start
            MetricFamily.modelLoads.add(1, ["model": name, "outcome": "loaded"])
            MetricFamily.modelLoadTime.observe(time, ["model": name])
            logger?.info(
                "model loaded",
                metadata: [
                    "model": "\(name)", "load_ms": .stringConvertible((time / .milliseconds(1)).rounded()),
                ])
            return model
        } catch {
            change { $0.slots[name] = nil }
            MetricFamily.modelLoads.add(1, ["model": name, "outcome": "failed"])
            logger?.error("cannot load a model", metadata: ["model": "\(name)", "error": "\(error)"])
            throw error
        }
    }

    private func release(_ name: String) {
        change { state in
            guard case .loaded(let model, let users, let lastUse) = state.slots[name] else {
                preconditionFailure("a model in use stays loaded")
            }
            state.slots[name] = .loaded(model, users: users - 1, lastUse: lastUse)
        }
    }

    /// Changes the state and wakes whoever waits for a change.
    private func change(_ change: (inout State) -> Void) {
        let sleepers = state.withLock { state in
            change(&state)
            defer { state.sleepers = [] }
            return state.sleepers
        }
        sleepers.forEach { $0.signal() }
    }
}
