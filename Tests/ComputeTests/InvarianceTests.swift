import Testing

@testable import Compute

@Suite("An image's numbers depend neither on the batch nor on the threads")
struct InvarianceTests {
    @Test(arguments: Engine.available)
    func `a linear layer gives each image the same bits alone and among four, with one thread and with two`(
        engine: Engine
    ) {
        for (rows, inputs, outputs) in [(1, 64, 96), (13, 160, 640), (72, 160, 480), (3, 256, 768)] {
            var random = RandomValues()
            let values = random.values(4 * rows * inputs)
            func run(_ values: [Float], images: Int, threads: Int) -> [Float] {
                let backend = engine.makeBackend(threads: threads)
                var random = RandomValues()
                let layer = random.linear(inputs: inputs, outputs: outputs, on: backend)
                let x = backend.makeTensor(values, images: images, rows: rows, columns: inputs)
                return backend.read(backend.linear(x, layer, activation: .gelu, as: .numbers))
            }
            let together = run(values, images: 4, threads: 2)
            #expect(together == run(values, images: 4, threads: 1))
            for image in 0..<4 {
                let alone = run(
                    Array(values[image * rows * inputs..<(image + 1) * rows * inputs]), images: 1, threads: 2)
                #expect(alone == Array(together[image * rows * outputs..<(image + 1) * rows * outputs]))
            }
        }
    }

    /// What lets the images of a batch be one product, and a step's tokens any number. Sums that were taken in another
    /// order for another number of rows would differ in their last bits.
    @Test(arguments: Engine.available.filter(\.joinsRows))
    func `a row of a linear layer has the same bits among any number of rows`(engine: Engine) {
        let backend = engine.makeBackend(threads: 2)
        var random = RandomValues()
        for (inputs, outputs) in [(63, 130), (64, 48), (768, 320), (3072, 70)] {
            let layer = random.linear(inputs: inputs, outputs: outputs, on: backend)
            // Thirds have all bits of the mantissa: no order of their sums gives the same bits by chance.
            let values = random.values(200 * inputs).map { $0 / 3 }
            func run(_ rows: Int) -> [Float] {
                let x = backend.makeTensor(
                    Array(values[..<(rows * inputs)]), images: 1, rows: rows, columns: inputs)
                return backend.read(backend.linear(x, layer))
            }
            let all = run(200)
            for rows in Array(1...64) + [65, 100, 150] {
                #expect(run(rows) == Array(all[..<(rows * outputs)]), "\(rows) rows, \(inputs) x \(outputs)")
            }
        }
    }

    @Test(arguments: Engine.available)
    func `attention and convolutions give the same bits with one thread and with three`(engine: Engine) {
        func run(threads: Int) -> ([Float], [Float]) {
            let backend = engine.makeBackend(threads: threads)
            var random = RandomValues()
            let q = random.operand(2, 40, 192, on: backend)
            let kv = random.operand(2, 90, 384, on: backend)
            let mixed = backend.attention(queries: q, keysValues: kv, heads: 3, sequences: 2)
            let layer = backend.makeConvolution(
                weight: random.values(24 * 40 * 9), bias: random.values(40), inputs: 24, outputs: 40)
            let silent = GroupNorm(random.norm(24, on: backend), groups: 8, epsilon: 1e-6, silu: false)
            let pixels = backend.convolution(
                random.tensor(2, 600, 24, on: backend), normedBy: silent, layer, width: 20, scale: 1)
            let norm = GroupNorm(random.norm(40, on: backend), groups: 8, epsilon: 1e-6, silu: true)
            return (backend.read(mixed), backend.read(backend.groupNorm(pixels, norm)))
        }
        let (one, three) = (run(threads: 1), run(threads: 3))
        #expect(one.0 == three.0 && one.1 == three.1)
    }

    @Test func `a team of threads runs every chunk once, again and again`() {
        for threads in 1...4 {
            let team = ThreadTeam(threadCount: threads)
            for chunks in [0, 1, 2, 3, 100] {
                let block = HostBlock([Float](repeating: 0, count: max(chunks, 1)))
                let counts = unsafe block.base.assumingMemoryBound(to: Float.self)
                for _ in 0..<50 {
                    team.run(chunks: chunks) { chunk, thread in
                        precondition((0..<threads).contains(thread), "a thread of the team")
                        unsafe counts[chunk] += 1
                    }
                }
                for chunk in 0..<chunks { #expect(unsafe counts[chunk] == 50) }
                withExtendedLifetime(block) {}
            }
        }
    }
}
