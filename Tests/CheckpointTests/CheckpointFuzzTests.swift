import Foundation
import RepositoryFiles
import Testing

@testable import Checkpoint
@testable import MARModel

/// Damaged checkpoints are imported or refused, never more. Deterministic: input n is the same in every run.
///
/// `UNDERPAINT_FUZZ_INPUTS=1000000 swift test --filter CheckpointFuzz` runs a longer campaign, `UNDERPAINT_FUZZ_SEED`
/// another one.
@Suite("Mutated checkpoints")
struct CheckpointFuzzTests {
    private struct Random {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let inputCount = Int(environment["UNDERPAINT_FUZZ_INPUTS"] ?? "") ?? 12_000
    private static let seed = UInt64(environment["UNDERPAINT_FUZZ_SEED"] ?? "") ?? 1
    private static let interesting: [UInt8] = [
        0, 1, 0x7F, 0x80, 0xFF, 0x28, 0x29, 0x2E, 0x30, 0x52, 0x51, 0x61, 0x62, 0x63, 0x65, 0x68, 0x71, 0x72, 0x73,
        0x74, 0x75, 0x7D, 0x5D, 0x81, 0x85, 0x8A, 0x8B, 0x93, 0x94, 0x4A, 0x4B, 0x58, 0x8D, 0x8E, 0x92, 0x95,
    ]
    private static let folder = RepositoryFiles.fixtures.appending(path: "micro")

    private func mutate(_ bytes: inout [UInt8], within range: Range<Int>, _ random: inout Random) {
        for _ in 0...random.below(4) where !bytes.isEmpty {
            let place = min(range.lowerBound + random.below(max(1, range.count)), bytes.count - 1)
            switch random.below(8) {
            case 0, 1: bytes[place] = Self.interesting[random.below(Self.interesting.count)]
            case 2: bytes[place] ^= 1 << UInt8(random.below(8))
            case 3: bytes[place] = UInt8(random.below(256))
            case 4: bytes.insert(Self.interesting[random.below(Self.interesting.count)], at: place)
            case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(16)))
            case 6:
                let end = min(bytes.count, place + 1 + random.below(24))
                bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
            default:
                for index in place..<min(bytes.count, place + [2, 4, 8][random.below(3)]) { bytes[index] = 0xFF }
            }
        }
    }

    @Test func `damaged archives are imported or refused`() throws {
        let good = [UInt8](try Data(contentsOf: Self.folder.appending(path: "checkpoint-last.pth")))
        let vae = try WeightFile(path: Self.folder.appending(path: "kl16.ckpt").path, prefixes: [])
        let directory = good.count - 16_000..<good.count  // the zip directory, and some of what is before it
        let pickle = 0..<20_000
        var (imported, refused) = (0, 0)
        for input in 0..<Self.inputCount / 4 {
            var random = Random(seed: Self.seed &* 1_000_003 &+ UInt64(input))
            var bytes = good
            let places = [directory, pickle, 0..<good.count]
            mutate(&bytes, within: places[random.below(3)], &random)
            if random.below(16) == 0 { bytes.removeLast(random.below(bytes.count)) }
            do {
                let file = try WeightFile(torch: MemorySource(bytes))
                let job = try ModelImport(mar: file, vae: vae, options: .init(name: "x", heads: (2, 3)))
                for name in ModelTensors(job.configuration).all.map(\.name) where name.hasPrefix("mar.") {
                    let name = String(name.dropFirst(4))
                    let stored = try file.tensor(name, of: job.weights?.group ?? "")
                    try TensorReader(source: file.source).forEachPiece(of: stored, name: name) { _ in }
                }
                imported += 1
            } catch {  // a CheckpointError: nothing else can be thrown
                refused += 1
            }
        }
        #expect(imported + refused == Self.inputCount / 4 && imported > 0 && refused > Self.inputCount / 8)
    }

    @Test func `damaged pickles are read or refused`() throws {
        let checkpoint = MemorySource([UInt8](try Data(contentsOf: Self.folder.appending(path: "checkpoint-last.pth"))))
        let archive = try ZipArchive(checkpoint)
        let entry = try #require(archive.entries["checkpoint-last/data.pkl"])
        let range = try archive.range(of: entry)
        let whole = checkpoint.bytes(at: range.lowerBound, count: range.count)
        let small = PickleBuilder.checkpoint { $0.tensor(elements: 8, offset: 1, shape: [2, 3], strides: [3, 1]) }
        var (read, refused) = (0, 0)
        for input in 0..<Self.inputCount {
            var random = Random(seed: Self.seed &* 7_368_787 &+ UInt64(input))
            var bytes: [UInt8]
            switch input % 8 {
            case 0: bytes = whole
            case 1: bytes = (0..<random.below(200)).map { _ in Self.interesting[random.below(Self.interesting.count)] }
            default: bytes = small
            }
            if input % 8 != 1 { mutate(&bytes, within: 0..<bytes.count, &random) }
            do {
                _ = try Unpickler.read(bytes, file: "test.pth")
                read += 1
            } catch {  // a CheckpointError: nothing else can be thrown
                refused += 1
            }
        }
        #expect(read + refused == Self.inputCount && read > 0 && refused > Self.inputCount / 4)
    }
}
