/// The numbers and names that a request may set of a sampler: one table for JSON, the command line and the documentation.
///
/// The raw value is the field's path below `sampler` in JSON. Which sampler knows which fields, its `TokenSampler` says.
package enum SamplerField: String, Sendable, CaseIterable {
    case order
    case firstColor = "first_color"
    case steps
    case maskSchedule = "mask_schedule"
    case mostDiffusionSteps = "diffusion_steps/max"
    case fewestDiffusionSteps = "diffusion_steps/min"
    case reconstructionDiffusionSteps = "diffusion_steps/reconstruction"
    case detailDiffusionSteps = "diffusion_steps/detail"
    case detailFraction = "detail_fraction"
    case timestepClip = "timestep_clip"
    case fts
    case selection
    case guidanceReuse = "guidance_reuse"

    /// What a value of the field looks like.
    package enum Kind: Sendable, Equatable {
        case integer(ClosedRange<Int>)
        /// An integer, or null for "none".
        case optionalInteger(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case flag
        /// One of these names.
        case name([String])
        /// One integer, or one for each sub-stage.
        case counts
    }

    package var kind: Kind {
        switch self {
        case .order: .name(SubStageOrder.allCases.map(\.rawValue))
        case .firstColor: .name(CheckerboardColor.allCases.map(\.rawValue))
        case .steps: .counts
        case .maskSchedule: .name(MaskSchedule.allCases.map(\.rawValue))
        case .mostDiffusionSteps, .fewestDiffusionSteps, .reconstructionDiffusionSteps, .detailDiffusionSteps:
            // From 2: the respaced timesteps run from the first to the last training step.
            .integer(2...DiffusionSchedule.trainingSteps)
        case .detailFraction: .number(0...1)
        case .timestepClip: .optionalInteger(0...DiffusionSchedule.trainingSteps - 1)
        case .fts: .flag
        case .selection: .name(DetailSelection.allCases.map(\.rawValue))
        case .guidanceReuse: .integer(1...16)
        }
    }

    /// For people: help of the command line, table of the API's documentation.
    package var meaning: String {
        switch self {
        case .order: "Which tokens the sub-stages of gtr-* take, at equal cost."
        case .firstColor: "Which tokens (i + j) of the checkerboard are the structure."
        case .steps: "Autoregressive steps: one number, or one per sub-stage."
        case .maskSchedule: "How many tokens the steps of a sub-stage reveal: as many each, or few at first."
        case .mostDiffusionSteps: "Diffusion steps of the first autoregressive step."
        case .fewestDiffusionSteps: "Diffusion steps of the last autoregressive step of the structure."
        case .reconstructionDiffusionSteps: "Diffusion steps in the reconstruction."
        case .detailDiffusionSteps: "Diffusion steps of the tokens with detail."
        case .detailFraction: "Share of the reconstructed tokens that get the steps for detail."
        case .timestepClip: "Highest diffusion timestep that is evaluated, or none."
        case .fts: "Frequency-weighted token selection: whether any token gets the steps for detail."
        case .selection: "Which tokens get the steps for detail."
        case .guidanceReuse: "Every how many autoregressive steps the unconditional half of the guidance is computed."
        }
    }
}
