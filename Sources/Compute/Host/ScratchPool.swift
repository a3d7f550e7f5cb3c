import Synchronization

/// The scratch memory of one worker: blocks that are used again and again, so that a step takes none from the system.
final class ScratchPool: Sendable {
    /// A block may be this many times as large as what it is used for.
    private static let slack = 2

    private struct State {
        /// Unused blocks, the smallest first.
        var free: [HostBlock] = []
        var allocations = 0
    }

    private let state = Mutex(State())

    /// Blocks taken from the system so far.
    var allocations: Int { state.withLock { $0.allocations } }

    /// The smallest unused block that holds this much, or a new one.
    func take(byteCount: Int) -> HostBlock {
        let found: HostBlock? = state.withLock { state in
            guard let index = state.free.firstIndex(where: { $0.byteCount >= byteCount }),
                state.free[index].byteCount <= max(Self.slack * byteCount, 4096)
            else {
                state.allocations += 1
                return nil
            }
            return state.free.remove(at: index)
        }
        return found ?? HostBlock(byteCount: byteCount)
    }

    func give(_ block: HostBlock) {
        state.withLock { state in
            let index = state.free.firstIndex { $0.byteCount >= block.byteCount } ?? state.free.endIndex
            state.free.insert(block, at: index)
        }
    }
}
