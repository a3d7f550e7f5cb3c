package import Generation
import JSON
package import PNGEncoder

/// The texts that a PNG of ours carries.
package enum PNGMetadata {
    /// Keyword of the request that makes the image again.
    static let request = "underpaint:request"
    /// Keyword of the `ImageOrigin`.
    static let origin = "underpaint:made-by"

    /// - Parameters:
    ///   - seed: of this image; the request is for it alone.
    ///   - origin: what makes the image; nil if that is nobody's business.
    package static func entries(
        _ request: GenerationRequest, seed: UInt64, origin: ImageOrigin? = nil
    ) throws(PNGError) -> [PNGText] {
        var single = request
        (single.count, single.seed) = (1, seed)
        var entries = [
            try PNGText(keyword: "Software", text: "Underpaint"),
            try PNGText(keyword: Self.request, text: single.imageSettingsJSON.text()),
        ]
        if let origin { entries.append(try PNGText(keyword: Self.origin, text: origin.json.text())) }
        return entries
    }
}
