package import Checkpoint
package import Compute
package import MARModel
import Sampler

/// Runs a model on the inputs that a reference implementation recorded, and compares the outputs
/// (`training/reference/trace.py` writes such traces; the format: `docs/models.md`).
package struct TraceReplay {
    /// Tensors of a trace that belong together; a trace may have any of them.
    package enum Group: String, Sendable, CaseIterable {
        case blocks
        case head
        case official
        case officialWithoutGuidance = "official_nocfg"
        case gtr
        case gtrReuse = "gtr_reuse"
        case vae

        /// The tensor without which the group is not there.
        var marker: String {
            switch self {
            case .blocks: "blocks.z"
            case .head: "head.out"
            case .vae: "vae.image"
            case .official, .officialWithoutGuidance, .gtr, .gtrReuse: rawValue + ".latents"
            }
        }
    }

    let model: MARModel
    let backend: any Backend
    let trace: TraceFile
    let tolerance: TraceTolerance
    /// The groups that the trace has.
    package let groups: [Group]

    /// - Parameter backend: of the kind that the model's parameters were made for.
    /// - Throws: `TraceError.empty`.
    package init(
        _ file: SafetensorsFile, model: MARModel, backend: any Backend, tolerance: TraceTolerance = .full
    ) throws {
        self.model = model
        self.backend = backend
        self.tolerance = tolerance
        let trace = TraceFile(file)
        self.trace = trace
        groups = Group.allCases.filter { trace.holds($0.marker) }
        if groups.isEmpty { throw TraceError.empty(file: file.path) }
    }

    /// - Throws: `TraceError`, or `CheckpointError` for a tensor that is missing, if the trace is not one of this model.
    package func compare(_ group: Group) throws -> [TraceComparison] {
        switch group {
        case .blocks: try compareBlocks()
        case .head: try compareHead()
        case .official: try compareRandomOrder(group, isGuided: true)
        case .officialWithoutGuidance: try compareRandomOrder(group, isGuided: false)
        case .gtr: try compareTwoStages(group, guidanceReuse: 1)
        case .gtrReuse:
            try compareTwoStages(group, guidanceReuse: try trace.integer(setting: "gtr_reuse.guidance_reuse"))
        case .vae: try compareImages()
        }
    }

    var grid: TokenGrid {
        TokenGrid(height: model.configuration.grid.height, width: model.configuration.grid.width)
    }

    /// [C, N] as [N, C].
    static func channelsLast(_ values: some Collection<Float>, channels: Int) -> [Float] {
        let values = Array(values)
        let count = values.count / channels
        return (0..<values.count).map { values[$0 % channels * count + $0 / channels] }
    }

    /// One image's part of a tensor whose first dimension is the image.
    static func part<Element>(_ image: Int, of values: [Element], images: Int) -> ArraySlice<Element> {
        let count = values.count / images
        return values[image * count..<(image + 1) * count]
    }
}
