import Testing

@testable import Compute

@Suite("Scratch memory is used again")
struct ScratchPoolTests {
    @Test func `a block that was given back serves the next of about its size`() {
        let pool = ScratchPool()
        for count in [10_000, 9000, 10_000, 6000] {
            let block = pool.take(byteCount: count)
            #expect(block.byteCount >= count)
            pool.give(block)
        }
        #expect(pool.allocations == 1)
    }

    @Test func `a small wish does not take a large block, and no block is in two hands`() {
        let pool = ScratchPool()
        pool.give(pool.take(byteCount: 1 << 20))
        let (small, large, another) = (
            pool.take(byteCount: 10_000), pool.take(byteCount: 1 << 20), pool.take(byteCount: 1 << 20)
        )
        #expect(pool.allocations == 3 && small.byteCount < 1 << 20)
        #expect(unsafe large.base != another.base)
    }

    @Test(arguments: Engine.available)
    func `a layer that ran once takes no more memory from the system`(engine: Engine) {
        let backend = engine.makeBackend(threads: 2)
        var random = RandomValues()
        let layer = random.linear(inputs: 63, outputs: 130, on: backend)
        func run() {
            let x = random.tensor(2, 9, 63, on: backend)
            let q = backend.linear(x, layer, activation: .silu, as: .operand)
            let kv = random.operand(2, 12, 260, on: backend)
            _ = backend.attention(queries: q, keysValues: kv, heads: 2, sequences: 1)
        }
        run()
        let allocations = backend.scratchAllocations
        for _ in 0..<5 { run() }
        #expect(backend.scratchAllocations == allocations)
    }
}
