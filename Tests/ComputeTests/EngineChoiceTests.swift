import Testing

@testable import Compute

@Suite("The engine that serves a wish")
struct EngineChoiceTests {
    private let all = Processor(hasAVX512: true, hasAVX512BF16: true)
    private let noBF16 = Processor(hasAVX512: true, hasAVX512BF16: false)
    private let plain = Processor(hasAVX512: false, hasAVX512BF16: false)

    @Test func `without a wish it is the fastest that the processor runs`() {
        #expect(EngineChoice(kind: nil, precision: nil, on: all).engine == Engine(kind: .avx512, precision: .bf16))
        #expect(EngineChoice(kind: nil, precision: nil, on: noBF16).engine == Engine(kind: .avx512, precision: .fp32))
        #expect(EngineChoice(kind: nil, precision: nil, on: plain).engine == .openblas)
        #expect(EngineChoice(kind: nil, precision: nil, on: plain).fallback == nil)
    }

    @Test func `a wish that can be had is had`() {
        for engine in Engine.available(on: all) {
            let choice = EngineChoice(kind: engine.kind, precision: engine.precision, on: all)
            #expect(choice.engine == engine && choice.fallback == nil)
        }
        let fp32 = EngineChoice(kind: nil, precision: .fp32, on: all)
        #expect(fp32.engine == Engine(kind: .avx512, precision: .fp32) && fp32.fallback == nil)
    }

    @Test func `what cannot be had falls back, and says so`() {
        let precision = EngineChoice(kind: .avx512, precision: .bf16, on: noBF16)
        #expect(precision.engine == Engine(kind: .avx512, precision: .fp32))
        #expect(precision.fallback == "avx512 bf16 cannot be had on this processor: avx512 fp32 computes")
        let kind = EngineChoice(kind: .avx512, precision: nil, on: plain)
        #expect(kind.engine == .openblas && kind.fallback?.hasPrefix("avx512 cannot be had") == true)
        #expect(EngineChoice(kind: .reference, precision: .bf16, on: all).engine == .reference)
        let library = EngineChoice(kind: .onednn, precision: .bf16, on: noBF16)
        #expect(library.engine == Engine(kind: .onednn, precision: .fp32) && library.fallback != nil)
    }

    @Test func `oneDNN computes only where it is asked for, in bf16 where the processor has it`() {
        #expect(EngineChoice(kind: .onednn, precision: nil, on: all).engine == Engine(kind: .onednn, precision: .bf16))
        #expect(
            EngineChoice(kind: .onednn, precision: nil, on: noBF16).engine == Engine(kind: .onednn, precision: .fp32))
        #expect(EngineChoice(kind: .onednn, precision: nil, on: plain).engine == .openblas)
        for precision in [nil] + Precision.allCases {
            #expect(EngineChoice(kind: nil, precision: precision, on: all).engine.kind == .avx512)
        }
    }
}
