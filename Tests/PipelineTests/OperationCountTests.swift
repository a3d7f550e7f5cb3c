import Generation
import MARModel
import Sampler
import Testing

@testable import Pipeline

@Suite("Operations are counted from shapes")
struct OperationCountTests {
    private let marB = ModelOperations(ModelShape.marB.configuration)

    /// 12 blocks of (3 + 1 + 4 + 4) x 768^2 weights, 2 x 320 rows; attention 2 x 12 x 4 x 320^2 x 768; decoder_embed.
    /// The last block's 10 parts of 12 that only the wanted tokens need, and their attention, are saved.
    @Test
    func `a decoder step of MAR-B with guidance is 109 GFLOP, its attention and the embedding, less what is saved`() {
        let linears = 2 * 640 * 12 * 12 * 768 * 768
        #expect(linears == 108_716_359_680)
        let attention = 2 * 12 * 4 * 320 * 320 * 768
        #expect(attention == 7_549_747_200)
        for (known, wanted) in [(0, 256), (192, 8)] {
            let unwanted = 320 - wanted
            let saved = 2 * 2 * unwanted * 10 * 768 * 768 + 2 * 4 * unwanted * 320 * 768
            #expect(
                marB.decoderStep(known: known, wanted: wanted, halves: 2)
                    == linears + attention + 2 * 2 * (64 + known) * 768 * 768 - saved)
        }
        #expect(
            2 * marB.decoderStep(known: 7, wanted: 3, halves: 1) == marB.decoderStep(known: 7, wanted: 3, halves: 2))
    }

    @Test func `an encoder step of MAR-B grows from 22 GFLOP and its attention with the known tokens`() {
        let linears = 2 * 128 * 12 * 12 * 768 * 768
        #expect(linears == 21_743_271_936)
        #expect(marB.encoderStep(known: 0, halves: 2) == linears + 2 * 12 * 4 * 64 * 64 * 768)
        // 100 known tokens: 2 x 164 rows; their projection from 16 numbers is made once for both halves.
        #expect(
            marB.encoderStep(known: 100, halves: 2)
                == 2 * 328 * 12 * 12 * 768 * 768 + 2 * 12 * 4 * 164 * 164 * 768 + 2 * 100 * 16 * 768)
    }

    /// Rows are rows of the head: 6 are 3 tokens in two halves.
    @Test func `an evaluation of the head of MAR-B at 6 rows is 0.40 GFLOP, 0.43 with the embeddings`() {
        let weights = 16 * 1024 + 6 * 5 * 1024 * 1024 + 2 * 1024 * 1024 + 1024 * 32
        #expect(marB.headEvaluationWeights == weights)
        #expect(marB.headEvaluation(rows: 6) == 12 * weights)
        #expect(Double(marB.headEvaluation(rows: 6)) / 1e9 == 0.403243008)
        // The reference embeds condition and timestep again in every step and row.
        let embeddings = marB.conditionEmbedding(rows: 6) + 6 * marB.timeEmbedding
        #expect(Double(marB.headEvaluation(rows: 6) + embeddings) / 1e9 == 0.428408832)
    }

    /// Widths 32, 64, 64 on 8 x 8, 16 x 16 and 32 x 32 pixels.
    @Test func `the image decoder of a small model is the sum of its layers`() {
        let (deep, middle, fine) = (64, 256, 1024)
        var multiplyAdds = deep * (16 * 16 + 9 * 16 * 64)  // post_quant_conv, conv_in
        multiplyAdds += deep * 4 * 9 * 64 * 64  // two blocks in the middle
        multiplyAdds += deep * 4 * 64 * 64 + 2 * deep * deep * 64  // attention between them
        multiplyAdds += deep * 6 * 9 * 64 * 64 + middle * 9 * 64 * 64  // level 2, upsampling
        multiplyAdds += middle * 6 * 9 * 64 * 64 + fine * 9 * 64 * 64  // level 1, upsampling
        multiplyAdds += fine * (9 * 64 * 32 + 9 * 32 * 32 + 64 * 32 + 4 * 9 * 32 * 32)  // level 0
        multiplyAdds += fine * 9 * 32 * 3  // conv_out
        #expect(ModelOperations(ModelShape.tiny.configuration).imageDecoding == 2 * multiplyAdds)
    }

    @Test func `a plan's count is the sum over its steps and chains`() {
        let configuration = ModelShape.tiny.configuration
        let settings = SamplerSettings(
            preset: .gtr16, method: .twoStage(TwoStageSampler(steps: [2, 1, 1])), timestepClip: 950)
        let count = count(settings, images: 1)
        let tiny = ModelOperations(configuration)
        // Sub-stages of 16, 16 and 32 tokens: 8, 8, 16 and 32 decided, on 0, 8, 16 and 32 known.
        #expect(count.structure.encoder == [0, 8, 16].map { tiny.encoderStep(known: $0, halves: 2) }.reduce(0, +))
        #expect(count.reconstruction.decoder == tiny.decoderStep(known: 32, wanted: 32, halves: 2))
        // Clipped at 950, the last three timesteps of 50 become one (958, 979, 999); of 20 only the last is above.
        #expect(
            count.reconstruction.head == tiny.conditionEmbedding(rows: 64) + 48 * tiny.headEvaluation(rows: 6)
                + 20 * tiny.headEvaluation(rows: 58))
        #expect(count.vae == tiny.imageDecoding)
        #expect(count.total == count.encoder + count.decoder + count.head + count.vae)
    }

    @Test func `a step that reuses the guidance counts one half of encoder and decoder, and both of the head`() {
        let steps = TwoStageSampler(steps: [2, 1, 1])
        let full = count(SamplerSettings(preset: .gtr16, method: .twoStage(steps), timestepClip: 950), images: 1)
        let reused = count(
            SamplerSettings(preset: .gtr16, method: .twoStage(steps), timestepClip: 950, guidanceReuse: 2), images: 1)
        let tiny = ModelOperations(ModelShape.tiny.configuration)
        // 8, 8, 16 and 32 tokens on 0, 8, 16 and 32 known; the third step computes the difference of the fourth's tokens.
        #expect(
            reused.structure.decoder
                == tiny.decoderStep(known: 0, wanted: 64, halves: 2) + tiny.decoderStep(known: 8, wanted: 8, halves: 1)
                + tiny.decoderStep(known: 16, wanted: 16 + 32, halves: 2))
        #expect(reused.reconstruction.decoder == tiny.decoderStep(known: 32, wanted: 32, halves: 1))
        #expect(reused.reconstruction.encoder == tiny.encoderStep(known: 32, halves: 1))
        #expect(reused.head == full.head && reused.vae == full.vae && reused.total < full.total)
    }

    @Test func `reuse at every second step saves a sixth of an image of MAR-B by gtr-16`() {
        let grid = TokenGrid(height: 16, width: 16)
        func total(_ preset: SamplerPreset, guidance: Double) -> Int {
            let settings = preset.settings(for: grid)
            return OperationCount(
                SamplingPlan(settings, grid: grid, seed: 1), configuration: ModelShape.marB.configuration,
                guidance: guidance, timestepClip: settings.timestepClip, images: 1
            ).total
        }
        let saved = total(.gtr16, guidance: 2.9) - total(.gtr16Fast, guidance: 2.9)
        #expect(saved > 500_000_000_000 && saved < 600_000_000_000)
        #expect(total(.gtr16, guidance: 1) == total(.gtr16Fast, guidance: 1))
    }

    @Test func `images share head evaluations within a batch of 4 and the empty canvas, and multiply everything else`()
    {
        let settings = SamplerPreset.mar64.settings(for: TokenGrid(height: 8, width: 8))
        let (one, four, five) = (count(settings, images: 1), count(settings, images: 4), count(settings, images: 5))
        #expect(one.headEvaluations == 16 * 100)
        #expect(four.headEvaluations == one.headEvaluations && five.headEvaluations == 2 * one.headEvaluations)
        // The empty canvas of their class is computed once for all of them.
        let tiny = ModelOperations(ModelShape.tiny.configuration)
        let empty = (
            encoder: tiny.encoderStep(known: 0, halves: 2), decoder: tiny.decoderStep(known: 0, wanted: 64, halves: 2)
        )
        #expect(four.decoder - empty.decoder == 4 * (one.decoder - empty.decoder) && four.vae == 4 * one.vae)
        #expect(five.encoder - empty.encoder == 5 * (one.encoder - empty.encoder))
        #expect(one.reconstruction == OperationCount.Decoding())
    }

    @Test(arguments: [1, 5, 256, 257, 700, 1024])
    func `the work of a request is counted in blocks, to the same sum`(images: Int) {
        let settings = SamplerPreset.gtr16.settings(for: TokenGrid(height: 8, width: 8))
        let request = request(settings, images: images)
        let whole = OperationCount(request, configuration: ModelShape.tiny.configuration).work.gflop
        let work = OperationCount.work(of: request, configuration: ModelShape.tiny.configuration).gflop
        #expect(abs(work - whole) < 1e-9 * whole)
    }

    @Test func `the work of a hundred thousand images of the largest model is a number`() {
        let grid = TokenGrid(height: 16, width: 16)
        let request = request(SamplerPreset.mar256.settings(for: grid), images: 100_000)
        let work = OperationCount.work(of: request, configuration: ModelShape.marH.configuration)
        // More operations than an Int holds.
        #expect(work.gflop * 1e9 > Double(Int.max))
    }

    private func request(_ settings: SamplerSettings, images: Int) -> GenerationRequest {
        GenerationRequest(
            model: "tiny", classID: 0, className: "", count: images, seed: 1, guidance: 3, guidanceSchedule: .linear,
            temperature: 1, sampler: settings, metadata: true, priority: 0, deadline: nil)
    }

    private func count(_ settings: SamplerSettings, images: Int) -> OperationCount {
        let grid = TokenGrid(height: 8, width: 8)
        let plan = SamplingPlan(settings, grid: grid, seed: 1)
        return OperationCount(
            plan, configuration: ModelShape.tiny.configuration, guidance: 3, timestepClip: settings.timestepClip,
            images: images)
    }
}
