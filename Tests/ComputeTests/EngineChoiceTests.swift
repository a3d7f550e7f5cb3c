import Testing

@testable import Compute

@Suite("The engine that serves a wish")
struct EngineChoiceTests {
    private let all = Processor(hasAVX512: true, hasAVX512BF16: true, hasAVX512VNNI: true)
    private let amx = Processor(hasAVX512: true, hasAVX512BF16: true, hasAVX512VNNI: true, hasAMX: true)
    private let noBF16 = Processor(hasAVX512: true, hasAVX512BF16: false)
    private let onlyAVX2 = Processor(hasAVX512: false, hasAVX512BF16: false)
    private let plain = Processor(hasAVX512: false, hasAVX512BF16: false, hasAVX2: false)

    @Test func `without a wish it is the fastest that the processor runs`() {
        #expect(EngineChoice(on: all).engine == Engine(offer: .avx512, precision: .bf16))
        #expect(EngineChoice(on: noBF16).engine == Engine(offer: .avx512, precision: .fp32))
        for (processor, engine) in [(onlyAVX2, Engine(offer: .avx2, precision: .bf16)), (plain, .openblas)] {
            #expect(EngineChoice(on: processor).engine == engine)
            #expect(EngineChoice(on: processor).fallback == nil)
        }
    }

    @Test func `a wish that can be had is had`() {
        for engine in Engine.available(on: all) {
            let choice = EngineChoice(offer: engine.offer, precision: engine.precision, on: all)
            #expect(choice.engine == engine && choice.fallback == nil)
        }
        let fp32 = EngineChoice(precision: .fp32, on: all)
        #expect(fp32.engine == Engine(offer: .avx512, precision: .fp32) && fp32.fallback == nil)
    }

    @Test func `bf16 on a processor without such products is AVX2 with weights of half the size`() {
        for processor in [onlyAVX2, noBF16] {
            let choice = EngineChoice(precision: .bf16, on: processor)
            #expect(choice.engine == Engine(offer: .avx2, precision: .bf16) && choice.fallback == nil)
        }
        #expect(EngineChoice(precision: .fp32, on: onlyAVX2).engine == Engine(offer: .avx2, precision: .fp32))
        let plain = EngineChoice(precision: .bf16, on: plain)
        #expect(plain.fallback == "bf16 cannot be had on this processor: openblas fp32 computes")
    }

    @Test func `what cannot be had falls back, and says so`() {
        let precision = EngineChoice(offer: .avx512, precision: .bf16, on: noBF16)
        #expect(precision.engine == Engine(offer: .avx512, precision: .fp32))
        #expect(precision.fallback == "avx512 bf16 cannot be had on this processor: avx512 fp32 computes")
        let kind = EngineChoice(offer: .avx512, on: plain)
        #expect(kind.engine == .openblas && kind.fallback?.hasPrefix("avx512 cannot be had") == true)
        let narrower = EngineChoice(offer: .avx512, on: onlyAVX2)
        #expect(narrower.fallback == "avx512 cannot be had on this processor: avx2 bf16 computes")
        #expect(EngineChoice(offer: .reference, precision: .bf16, on: all).engine == .reference)
        let library = EngineChoice(offer: .oneDNN, precision: .bf16, on: noBF16)
        #expect(library.engine == Engine(offer: .oneDNN, precision: .fp32) && library.fallback != nil)
    }

    @Test func `oneDNN computes only where it is asked for, in bf16 where the processor has it`() {
        #expect(EngineChoice(offer: .oneDNN, on: all).engine == Engine(offer: .oneDNN, precision: .bf16))
        #expect(
            EngineChoice(offer: .oneDNN, on: noBF16).engine == Engine(offer: .oneDNN, precision: .fp32))
        #expect(EngineChoice(offer: .oneDNN, on: onlyAVX2).engine == Engine(offer: .avx2, precision: .bf16))
        #expect(EngineChoice(offer: .oneDNN, on: plain).engine == .openblas)
        for precision in [nil] + Precision.allCases {
            #expect(EngineChoice(precision: precision, on: all).engine.offer == .avx512)
        }
    }

    private static let documented: [(Processor, backend: String, precision: Precision)] = [
        (.init(hasAVX512: true, hasAVX512BF16: true, hasAVX512VNNI: true, hasAMX: true), "amx", .bf16),
        (.init(hasAVX512: true, hasAVX512BF16: true, hasAVX512VNNI: true), "avx512", .bf16),
        (.init(hasAVX512: true, hasAVX512BF16: false, hasAVX512VNNI: true), "avx512", .fp32),
        (.init(hasAVX512: true, hasAVX512BF16: false), "avx512", .fp32),
        (.init(hasAVX512: false, hasAVX512BF16: false), "avx2", .bf16),
        (.init(hasAVX512: false, hasAVX512BF16: false, hasAVX2: false), "openblas", .fp32),
    ]

    @Test(arguments: documented)
    func `every row of the documentation's table is what is taken`(
        processor: Processor, backend: String, precision: Precision
    ) {
        let engine = EngineChoice(on: processor).engine
        #expect(engine.name == backend && engine.precision == precision)
    }

    @Test func `with AMX its tiles compute bf16 and int8, and AVX-512 fp32`() {
        #expect(EngineChoice(precision: .fp32, on: amx).engine == Engine(offer: .avx512, precision: .fp32))
        #expect(EngineChoice(precision: .int8, on: amx).engine == Engine(offer: .amx, precision: .int8))
        #expect(EngineChoice(offer: .avx512, on: amx).engine == Engine(offer: .avx512, precision: .bf16))
        // Where the library takes AMX, a row of its products depends on the number of rows.
        #expect(EngineChoice(offer: .oneDNN, on: amx).engine == Engine(offer: .oneDNN, precision: .fp32))
    }

    @Test func `int8 computes only for who asks for it, and the oracle never in place of another`() {
        let asked = EngineChoice(precision: .int8, on: all)
        #expect(asked.engine == Engine(offer: .avx512, precision: .int8) && asked.fallback == nil)
        let cascade = Processor(hasAVX512: true, hasAVX512BF16: false, hasAVX512VNNI: true)
        #expect(EngineChoice(on: cascade).engine == Engine(offer: .avx512, precision: .fp32))
        #expect(EngineChoice(precision: .int8, on: cascade).engine == Engine(offer: .avx512, precision: .int8))
        for processor in [onlyAVX2, noBF16] {
            #expect(EngineChoice(precision: .int8, on: processor).engine == Engine(offer: .avx2, precision: .int8))
        }
        let plain = EngineChoice(precision: .int8, on: plain)
        #expect(plain.engine == .openblas)
        #expect(plain.fallback == "int8 cannot be had on this processor: openblas fp32 computes")
        #expect(EngineChoice(offer: .reference, on: all).engine == .reference)
    }

    @Test func `every offer has a name of its own, by which it is found, and runs somewhere`() {
        let names = EngineOffer.all.map(\.name)
        #expect(Set(names).count == names.count && !names.contains("auto"))
        for offer in EngineOffer.all {
            #expect(EngineOffer.named(offer.name) == offer)
            #expect([all, amx].contains { offer.engines(on: $0).map(\.precision) == offer.precisions })
        }
        #expect(EngineOffer.named("nobody") == nil)
        #expect(
            Set(Engine.available(on: plain)) == [.reference, Engine(offer: .reference, precision: .int8), .openblas])
        #expect(!Engine.available(on: onlyAVX2).contains { $0.offer == .avx512 || $0.offer == .oneDNN })
        #expect(Engine.available(on: all).first?.offer == .reference)
    }
}
