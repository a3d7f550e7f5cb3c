extension SamplerSettings {
    private static let stepCounts = 1...65_536
    private static let subStageCounts = 1...64

    /// Why these settings fit no grid at all; nil if they fit one. `faults(on:)` says more, where the grid is known.
    package var faultOnAnyGrid: SamplerFault? {
        let fields = fields
        if let fault = fields.all.lazy.compactMap({ SamplerFault($0.field, outOfRange: $0.value) }).first {
            return fault
        }
        let counts: [Int]
        switch fields[.steps] {
        case .integer(let count): counts = [count]
        case .integers(let perSubStage): counts = perSubStage
        default: return nil
        }
        guard Self.subStageCounts.contains(counts.count) else {
            return SamplerFault(.steps, "has \(counts.count) entries: \(Self.subStageCounts)")
        }
        return counts.first { !Self.stepCounts.contains($0) }.map {
            SamplerFault(.steps, "must be \(Self.stepCounts), not \($0)")
        }
    }
}
