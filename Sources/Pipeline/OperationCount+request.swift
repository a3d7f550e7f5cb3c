package import Generation
package import MARModel
import Sampler

extension OperationCount {
    /// - Parameter request: valid for the model.
    package init(_ request: GenerationRequest, configuration: ModelConfiguration) {
        let grid = TokenGrid(height: configuration.grid.height, width: configuration.grid.width)
        self.init(
            SamplingPlan(request.sampler, grid: grid, seed: request.seed), configuration: configuration,
            guidance: request.guidance, timestepClip: request.sampler.timestepClip, images: request.count)
    }

    /// What a request costs, of however many images.
    /// - Parameter request: valid for the model.
    package static func work(of request: GenerationRequest, configuration: ModelConfiguration) -> Work {
        func work(_ count: Int) -> Work {
            var part = request
            part.count = count
            return OperationCount(part, configuration: configuration).work
        }
        // A hundred thousand images of the largest model are more operations than an Int holds. Whole blocks of batches
        // all cost the same, whatever came before.
        let (blocks, rest) = max(0, request.count - block).quotientAndRemainder(dividingBy: block)
        guard blocks > 0 else { return work(request.count) }
        let perBlock = work(2 * block).gflop - work(block).gflop
        return work(block + rest) + Work(gflop: perBlock * Double(blocks))
    }

    /// Images, a multiple of the batch.
    private static var block: Int { 64 * GenerationPipeline.batchSize }

    package var work: Work { Work(gflop: Double(total) / 1e9) }
}
