import Generation
import JSON
import PNGEncoder

/// The text that a PNG carries: the request that makes this image again.
enum PNGMetadata {
    /// - Parameter seed: of this image; the request is for it alone.
    static func entries(_ request: GenerationRequest, seed: UInt64) throws(PNGError) -> [PNGText] {
        var single = request
        (single.count, single.seed) = (1, seed)
        return [
            try PNGText(keyword: "Software", text: "Underpaint"),
            try PNGText(keyword: "underpaint:request", text: single.imageSettingsJSON.text()),
        ]
    }
}
