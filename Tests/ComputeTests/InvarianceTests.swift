import Testing

@testable import Compute

@Suite("An image's numbers depend neither on the batch nor on the threads")
struct InvarianceTests {
    @Test(arguments: BackendKind.allCases)
    func `a linear layer gives each image the same bits alone and among four, with one thread and with two`(
        kind: BackendKind
    ) {
        for (rows, inputs, outputs) in [(1, 64, 96), (13, 160, 640), (72, 160, 480), (3, 256, 768)] {
            var random = RandomValues()
            let values = random.values(4 * rows * inputs)
            let (weight, bias) = (random.values(inputs * outputs), random.values(outputs))
            func run(_ values: [Float], images: Int, threads: Int) -> [Float] {
                let backend = kind.makeBackend(threads: threads)
                let layer = backend.makeLinear(weight: weight, bias: bias, inputs: inputs, outputs: outputs)
                let x = backend.makeTensor(images: images, rows: rows, columns: inputs)
                let y = backend.makeTensor(images: images, rows: rows, columns: outputs)
                backend.write(values, to: x)
                backend.linear(x, layer, activation: .gelu, accumulate: false, into: y)
                return backend.read(y)
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

    @Test func `a team of threads runs every chunk once, again and again`() {
        for threads in 1...4 {
            let team = ThreadTeam(threadCount: threads)
            for chunks in [0, 1, 2, 3, 100] {
                let memory = HostMemory([Float](repeating: 0, count: max(chunks, 1)))
                for _ in 0..<50 { team.run(chunks: chunks) { unsafe memory.base[$0] += 1 } }
                for chunk in 0..<chunks { #expect(unsafe memory.base[chunk] == 50) }
            }
        }
    }
}
