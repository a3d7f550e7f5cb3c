/// What a client asks for, by HTTP or on the command line: only what was said, not yet checked.
///
/// `resolve` turns it into a `GenerationRequest` with every value filled in.
package struct GenerationSubmission: Sendable, Equatable {
    package enum ClassReference: Sendable, Equatable {
        case id(Int)
        /// A name, a synonym, or an id in digits.
        case name(String)
    }

    /// nil: the first model served.
    package var model: String?
    package var classReference: ClassReference?
    package var count: Int?
    /// nil: drawn at random.
    package var seed: Int?
    package var guidance: Double?
    package var guidanceSchedule: String?
    package var temperature: Double?
    package var sampler = SamplerSubmission()
    package var metadata: Bool?
    package var previews: Bool?
    package var priority: Int?
    package var deadlineMilliseconds: Int?

    package init() {}
}
