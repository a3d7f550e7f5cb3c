import FoundationEssentials
import Generation

/// A job as the payload of a row. What is read back is checked, so that no row, however damaged, can stop the process.
extension Job: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, request, work, owner, requestID, traceParent, createdAt, attempts, handBacks, pastAttempts, state
    }

    private static let attemptRange = 0...1_000_000

    /// - Throws: `DecodingError`, with the offending value, for what no store can have written.
    package init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try row.decode(JobID.self, forKey: .id),
            request: try row.decode(GenerationRequest.self, forKey: .request),
            work: try row.decode(Work.self, forKey: .work),
            owner: try row.decode(JobOwner.self, forKey: .owner),
            requestID: try row.decodeIfPresent(String.self, forKey: .requestID),
            traceParent: try row.decodeIfPresent(String.self, forKey: .traceParent),
            createdAt: try row.decode(Date.self, forKey: .createdAt),
            attempts: try row.decode(Int.self, forKey: .attempts),
            handBacks: try row.decode(Int.self, forKey: .handBacks),
            // Rows of earlier versions say nothing of them.
            pastAttempts: try row.decodeIfPresent([JobAttempt].self, forKey: .pastAttempts) ?? [],
            state: try row.decode(JobState.self, forKey: .state))
        if let fault { throw DecodingError.invalid(fault, decoder) }
    }

    package func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: CodingKeys.self)
        try row.encode(id, forKey: .id)
        try row.encode(request, forKey: .request)
        try row.encode(work, forKey: .work)
        try row.encode(owner, forKey: .owner)
        try row.encodeIfPresent(requestID, forKey: .requestID)
        try row.encodeIfPresent(traceParent, forKey: .traceParent)
        try row.encode(createdAt, forKey: .createdAt)
        try row.encode(attempts, forKey: .attempts)
        try row.encode(handBacks, forKey: .handBacks)
        try row.encode(pastAttempts, forKey: .pastAttempts)
        try row.encode(state, forKey: .state)
    }

    /// What is wrong with it; nil if nothing is.
    private var fault: String? {
        if !Self.attemptRange.contains(attempts) { return "\(attempts) attempts: \(Self.attemptRange)" }
        if !(0...attempts).contains(handBacks) { return "\(handBacks) attempts of \(attempts) given back" }
        if state.startedAt != nil, attempts == 0 { return "\(state.status) without an attempt" }
        if !createdAt.isPlausible { return "created at \(createdAt.timeIntervalSince1970)" }
        return attemptFault ?? request.fault ?? state.fault
    }
}

extension Date {
    /// In the years that RFC 3339 can write and `Duration` can measure: 1970 to 9999.
    var isPlausible: Bool { (0...253_402_300_799).contains(timeIntervalSince1970) }
}

extension Duration {
    /// At most ten years, so that sums have room.
    var isPlausible: Bool { (.zero...(.seconds(315_360_000))).contains(self) }
}
