/// Why a request could not be made into images.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
    case unknownModel(String)
    /// The sampler's numbers do not fit the model's grid.
    case unusableSettings(String)
    /// The model gave a value that is no number: its weights are damaged, or the settings make its chain diverge.
    case notFinite(seed: UInt64)

    package var description: String {
        switch self {
        case .unknownModel(let name): "no model named \(name) is loaded"
        case .unusableSettings(let reason): "unusable sampler settings: \(reason)"
        case .notFinite(let seed): "the image of seed \(seed) came out as values that are not numbers"
        }
    }
}
