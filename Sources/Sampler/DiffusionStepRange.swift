/// Diffusion steps per token, falling over the autoregressive steps.
package struct DiffusionStepRange: Sendable, Equatable, Codable {
    /// T_max, at the first step.
    package var max: Int
    /// T_min, at the last step.
    package var min: Int

    package init(max: Int, min: Int) {
        self.max = max
        self.min = min
    }

    /// As many at every step.
    package init(_ count: Int) {
        self.init(max: count, min: count)
    }

    /// Stage-aware schedule (arXiv 2510.17171, section 3.4): T_a = round(T_max + (T_min - T_max) a / (G - 1)), ties to even.
    package func count(atStep step: Int, of steps: Int) -> Int {
        guard steps > 1 else { return max }
        let share = Double(step) / Double(steps - 1)
        return Int((Double(max) + Double(min - max) * share).rounded(.toNearestOrEven))
    }

    private static let limits = 2...DiffusionSchedule.trainingSteps

    /// A number outside of its own limits is its field's fault, not another one here.
    var faults: [SamplerFault] {
        min > max && Self.limits.contains(max)
            ? [SamplerFault(.fewestDiffusionSteps, "must be at most max (\(max)), not \(min)")] : []
    }

    /// Where only one end is given, the other gives way to it.
    mutating func take(_ given: SamplerFields) {
        let limits = Self.limits
        let (most, fewest) = (given.integer(.mostDiffusionSteps), given.integer(.fewestDiffusionSteps))
        if let most { (max, min) = (most, Swift.min(min, Swift.max(most, limits.lowerBound))) }
        if let fewest { (min, max) = (fewest, most ?? Swift.max(max, Swift.min(fewest, limits.upperBound))) }
    }
}
