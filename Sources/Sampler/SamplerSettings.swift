/// A sampler with every number resolved: nothing is left to a default.
package struct SamplerSettings: Sendable, Equatable, Codable {
    /// The preset that these settings started from.
    package var preset: SamplerPreset
    package var method: SamplingMethod
    /// Highest diffusion timestep that is evaluated (0...999); nil: no clip.
    package var timestepClip: Int?

    package init(preset: SamplerPreset, method: SamplingMethod, timestepClip: Int?) {
        self.preset = preset
        self.method = method
        self.timestepClip = timestepClip
    }

    /// Autoregressive steps of an image.
    package var stepCount: Int { method.sampler.stepCount }

    /// Everything that a request can set, as it is.
    package var fields: SamplerFields {
        var fields = method.sampler.fields
        fields[.timestepClip] = timestepClip.map { .integer($0) } ?? SamplerValue.none
        return fields
    }

    /// Takes over what a request gives.
    /// - Returns: what these settings have no use for, or cannot be on this grid.
    package mutating func take(_ given: SamplerFields, on grid: TokenGrid) -> [SamplerFault] {
        let known = type(of: method.sampler).knownFields
        var usable = SamplerFields()
        var faults: [SamplerFault] = []
        for (field, value) in given.all {
            if known.contains(field) {
                usable[field] = value
            } else {
                let reason = "which has no reconstruction stage"
                faults.append(SamplerFault(field, "means nothing to \(preset.rawValue), \(reason)"))
            }
        }
        faults += method.take(usable)
        switch usable[.timestepClip] {
        case .integer(let clip): timestepClip = clip
        case SamplerValue.none?: timestepClip = nil
        default: break
        }
        let named = Set(faults.map(\.field))
        return faults + self.faults(on: grid).filter { !named.contains($0.field) }
    }

    /// Why a plan cannot be made of these settings on this grid; empty if one can.
    package func faults(on grid: TokenGrid) -> [SamplerFault] {
        let outside = fields.all.compactMap { SamplerFault($0.field, outOfRange: $0.value) }
        let named = Set(outside.map(\.field))
        return outside + method.sampler.faults(on: grid).filter { !named.contains($0.field) }
    }
}
