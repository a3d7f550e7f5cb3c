import Generation
import HTTPServer
import HTTPTypes
import JobQueue

extension JobSubmission.Idempotency {
    private static let lengths = 1...255

    /// What makes a second sending of a request known as such (`Idempotency-Key`); nil if it does not ask for it.
    ///
    /// - Throws: `Problem` of kind `invalidRequest`.
    init?(_ request: Request) throws(Problem) {
        let keys = request.headers[values: .idempotencyKey]
        guard let key = keys.first else { return nil }
        guard keys.count == 1 else { throw Self.problem("is given \(keys.count) times") }
        guard Self.lengths.contains(key.utf8.count) else {
            throw Self.problem("has \(key.utf8.count) bytes: \(Self.lengths)")
        }
        guard key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw Self.problem("is not printable ASCII") }
        self.init(key: key, requestHash: SHA256Digest(of: request.body))
    }

    private static func problem(_ detail: String) -> Problem {
        Problem(.invalidRequest, "the Idempotency-Key \(detail)")
    }
}
