import Generation

/// On whose behalf a job runs: the client's key, or nobody in particular where the service knows no keys.
package struct JobOwner: Sendable, Hashable {
    package let name: String
    /// Turns that it gets in the queue where another one gets one.
    package let share: Int

    /// Everybody, where there are no keys.
    package static let anonymous = JobOwner(name: "")

    package static let shares = 1...1000

    /// - Parameter share: in `shares`.
    package init(name: String, share: Int = 1) {
        precondition(Self.shares.contains(share))
        self.name = name
        self.share = share
    }
}

extension JobOwner: Codable {
    private enum CodingKeys: String, CodingKey { case name, share }

    package init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        let share = try row.decode(Int.self, forKey: .share)
        guard Self.shares.contains(share) else {
            throw DecodingError.invalid("a share of \(share): \(Self.shares)", decoder)
        }
        self.init(name: try row.decode(String.self, forKey: .name), share: share)
    }
}
