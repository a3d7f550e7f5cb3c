import Foundation
import Generation
import Synchronization

/// Makes images of no meaning, slowly and under the test's control.
final class FakeGenerator: ImageGenerator {
    struct Fault: Error {}

    /// What the test and all generators of a service share.
    final class Script: Sendable {
        struct State {
            /// Seeds in the order in which generation started.
            var started: [UInt64] = []
            var runningCount = 0
            var mostRunning = 0
            var generatorCount = 0
            /// Steps go on only while this is set.
            var isOpen = true
            /// So many runs, from the next one on, say nothing until they are freed.
            var hangs = 0
            var isFreed = false
            /// Jobs of this seed fail.
            var faultySeed: UInt64?
        }

        let state = Mutex(State())

        func set(_ change: (inout State) -> Void) {
            state.withLock { change(&$0) }
        }

        /// - Returns: whether this run hangs.
        func takeHang() -> Bool {
            state.withLock { state in
                guard state.hangs > 0 else { return false }
                state.hangs -= 1
                return true
            }
        }

        func read<Value: Sendable>(_ value: (State) -> Value) -> Value {
            state.withLock { value($0) }
        }
    }

    private let script: Script

    init(_ script: Script) {
        self.script = script
        script.set { $0.generatorCount += 1 }
    }

    deinit {
        script.set { $0.generatorCount -= 1 }
    }

    func generate(
        _ request: GenerationRequest, onProgress: (GenerationProgress) throws -> Void,
        onUnfinished: ((any UnfinishedImages) throws -> Void)?
    ) throws -> GenerationOutcome {
        script.set {
            $0.started.append(request.seed)
            $0.runningCount += 1
            $0.mostRunning = max($0.mostRunning, $0.runningCount)
        }
        defer { script.set { $0.runningCount -= 1 } }
        if script.read(\.faultySeed) == request.seed { throw Fault() }
        if script.takeHang() {
            while !script.read(\.isFreed) { pause() }
        }
        try onProgress(.init(stage: .structure, step: 1, steps: 2))
        if let onUnfinished { try onUnfinished(FakeImages(count: request.count)) }
        while !script.read(\.isOpen) {
            pause()
            try onProgress(.init(stage: .structure, step: 1, steps: 2))
        }
        pause()
        try onProgress(.init(stage: .reconstruction, step: 2, steps: 2))
        let images = (0..<request.count).map { index in
            GeneratedImage(index: index, seed: request.seed + UInt64(index), width: 1, height: 1, png: [7])
        }
        return GenerationOutcome(images: images, stages: [.vae(total: .milliseconds(2))])
    }

    /// Sleeps, like a generator that waits for an accelerator: the tests' cores are for the tests.
    private func pause() {
        Thread.sleep(forTimeInterval: 0.002)
    }
}

struct FakeImages: UnfinishedImages {
    let count: Int
    var indices: Range<Int> { 0..<count }

    func preview(ofImage index: Int) throws -> ImagePreview {
        ImagePreview(index: index, step: 1, steps: 2, width: 1, height: 1, png: [UInt8(index)])
    }
}
