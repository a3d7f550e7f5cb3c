import Sampler

extension GenerationRequest {
    /// Images of one request, wherever it comes from.
    package static let counts = 1...100_000

    /// Why no generator can be given this request, whatever the model; nil if one can.
    ///
    /// A submission is checked better, against its model and with pointers. This is for what comes out of storage.
    package var fault: String? {
        if !Self.counts.contains(count) { return "\(count) images: \(Self.counts)" }
        if classID < 0 { return "a class number of \(classID): 0 or more" }
        if !APILimits.guidance.contains(guidance) { return "a guidance of \(guidance): \(APILimits.guidance)" }
        if !APILimits.temperature.contains(temperature) {
            return "a temperature of \(temperature): \(APILimits.temperature)"
        }
        if !APILimits.priorities.contains(priority) { return "a priority of \(priority): \(APILimits.priorities)" }
        let longest = Duration.milliseconds(APILimits.deadlineMilliseconds.upperBound)
        if let deadline, !(.zero...longest).contains(deadline) {
            return "a deadline of \(deadline): at most \(longest)"
        }
        return sampler.faultOnAnyGrid?.description
    }
}
