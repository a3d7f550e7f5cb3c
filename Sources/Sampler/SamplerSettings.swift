/// A sampler with every number resolved: nothing is left to a default.
package struct SamplerSettings: Sendable, Equatable, Codable {
    /// The preset that these settings started from.
    package var preset: SamplerPreset
    package var method: SamplingMethod
    /// Highest diffusion timestep that is evaluated (0...999); nil: no clip.
    package var timestepClip: Int?
    /// n: the unconditional half of the guidance is computed at every n-th autoregressive step, 1...16; 1: at each.
    package var guidanceReuse: Int

    package init(preset: SamplerPreset, method: SamplingMethod, timestepClip: Int?, guidanceReuse: Int = 1) {
        self.preset = preset
        self.method = method
        self.timestepClip = timestepClip
        self.guidanceReuse = guidanceReuse
    }

    /// Autoregressive steps of an image.
    package var stepCount: Int { method.sampler.stepCount }

    /// Everything that a request can set, as it is; without the reuse of guidance where there is none and the preset has
    /// none, so that the settings of images from before there was any stay what they were.
    package var fields: SamplerFields {
        var fields = method.sampler.fields
        fields[.timestepClip] = timestepClip.map { .integer($0) } ?? SamplerValue.none
        if guidanceReuse != 1 || preset.guidanceReuse != 1 { fields[.guidanceReuse] = .integer(guidanceReuse) }
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
        guidanceReuse = usable.integer(.guidanceReuse) ?? guidanceReuse
        let named = Set(faults.map(\.field))
        return faults + self.faults(on: grid).filter { !named.contains($0.field) }
    }

    /// Why a plan cannot be made of these settings on this grid; empty if one can.
    package func faults(on grid: TokenGrid) -> [SamplerFault] {
        let outside = faultsOfRange
        let named = Set(outside.map(\.field))
        return outside + method.sampler.faults(on: grid).filter { !named.contains($0.field) }
    }

    private var faultsOfRange: [SamplerFault] {
        fields.all.compactMap { SamplerFault($0.field, outOfRange: $0.value) }
    }

    /// Why these settings fit no grid at all; nil if they may fit one. For settings that come out of storage.
    package var faultOnAnyGrid: SamplerFault? {
        let steps: [Int] =
            switch fields[.steps] {
            case .integer(let count): [count]
            case .integers(let counts): counts
            default: []
            }
        // More tokens, and more sub-stages, than any grid has.
        guard (1...64).contains(steps.count), steps.allSatisfy((1...65_536).contains) else {
            return SamplerFault(.steps, "must be 1...64 numbers of 1...65536, not \(steps)")
        }
        return faultsOfRange.first
    }
}

extension SamplerSettings {
    /// Settings that were stored before there was any reuse of guidance have none.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            preset: try values.decode(SamplerPreset.self, forKey: .preset),
            method: try values.decode(SamplingMethod.self, forKey: .method),
            timestepClip: try values.decodeIfPresent(Int.self, forKey: .timestepClip),
            guidanceReuse: try values.decodeIfPresent(Int.self, forKey: .guidanceReuse) ?? 1)
    }
}
