package import Generation
package import JobQueue

/// One key as the service knows it: everything but the key itself.
package struct AccessKey: Sendable, Equatable {
    /// What it is called in the log, and whose its jobs are.
    package var name: String
    /// Of the key's text.
    package var digest: SHA256Digest
    package var scopes: Set<AccessScope>
    /// nil: as much as the queue takes.
    package var rate: WorkRate?
    /// In `JobOwner.shares`.
    package var share: Int

    package init(
        name: String, digest: SHA256Digest, scopes: Set<AccessScope>, rate: WorkRate? = nil, share: Int = 1
    ) {
        self.name = name
        self.digest = digest
        self.scopes = scopes
        self.rate = rate
        self.share = share
    }

    package var owner: JobOwner { JobOwner(name: name, share: share) }
}

extension AccessKey {
    /// Lengths of a name in characters.
    package static let nameLengths = 1...64

    /// Whether it may be a key's name: letters, digits, `-`, `_` and `.` of ASCII, so that it stands in a log as it is.
    package static func isName(_ text: String) -> Bool {
        nameLengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
