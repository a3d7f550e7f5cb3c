package import Generation

/// Name of an image that lies outside of the database. It says whose image it is and what is in it, so what lies under a
/// name never changes, and a second attempt at a job that makes other bytes gets another name.
package struct ImageName: Sendable, Hashable, LosslessStringConvertible {
    package let job: JobID
    package let sha256: SHA256Digest

    package init(_ facts: ImageFacts, of job: JobID) {
        self.job = job
        sha256 = facts.sha256
    }

    private static let suffix = ".png"

    /// nil unless the text has the form of such a name.
    package init?(_ description: String) {
        guard description.hasSuffix(Self.suffix), let dash = description.firstIndex(of: "-"),
            let job = JobID(String(description[..<dash])),
            let sha256 = SHA256Digest(
                hexadecimal: String(description[description.index(after: dash)...].dropLast(Self.suffix.count)))
        else { return nil }
        self.job = job
        self.sha256 = sha256
    }

    package var description: String { "\(job)-\(sha256)\(Self.suffix)" }
}

extension Job {
    /// Of its images, where they lie outside of the database.
    var imageNames: [ImageName] {
        guard case .completed(let completion) = state else { return [] }
        return completion.images.map { ImageName($0, of: id) }
    }
}
