/// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a block cipher on counters.
///
/// A number depends on nothing but key and counter, so it can be asked for in any order and as often as needed.
package struct Philox: Sendable {
    package typealias Counter = SIMD4<UInt32>

    private let key: (UInt32, UInt32)

    package init(key: UInt64) {
        self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// Four uniform 32-bit words of one counter.
    package func words(at counter: Counter) -> SIMD4<UInt32> {
        var state = counter
        var (key0, key1) = key
        for _ in 0..<10 {
            let product0 = UInt64(state.x) * 0xD251_1F53
            let product1 = UInt64(state.z) * 0xCD9E_8D57
            state = Counter(
                UInt32(product1 >> 32) ^ state.y ^ key0, UInt32(truncatingIfNeeded: product1),
                UInt32(product0 >> 32) ^ state.w ^ key1, UInt32(truncatingIfNeeded: product0))
            key0 &+= 0x9E37_79B9
            key1 &+= 0xBB67_AE85
        }
        return state
    }
}
