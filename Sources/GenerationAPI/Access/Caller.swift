import HTTPServer
import HTTPTypes
import JobQueue

/// Who sends a request, and what they may do.
struct Caller: Sendable {
    /// How the service came to know.
    enum Standing: Sendable, Equatable {
        /// By its key.
        case key
        /// It sent none, and could have.
        case guest
        /// The service has no keys.
        case anyone
    }

    let standing: Standing
    /// Whose the jobs are that it submits.
    let owner: JobOwner
    let scopes: Set<AccessScope>
    /// nil: no rate.
    let meter: WorkMeter?

    init(_ standing: Standing, owner: JobOwner, scopes: Set<AccessScope>, meter: WorkMeter? = nil) {
        self.standing = standing
        self.owner = owner
        self.scopes = scopes
        self.meter = meter
    }

    /// nil without a key.
    var keyName: String? { standing == .key ? owner.name : nil }

    /// Whose jobs it sees; nil: those of all.
    var sees: String? { scopes.contains(.admin) ? nil : owner.name }

    func maySee(_ job: Job) -> Bool { sees.map { $0 == job.owner.name } ?? true }

    /// - Throws: `Problem` of kind `unauthorized` or `forbidden`.
    func require(_ scope: AccessScope) throws(Problem) {
        if scopes.contains(scope) { return }
        switch standing {
        case .guest: throw .needsKey("this needs a key with the scope \(scope.rawValue)")
        case .anyone:
            throw Problem(
                .forbidden,
                "this needs a key with the scope \(scope.rawValue), and the service has no keys (http.keys)")
        case .key:
            throw Problem(
                .forbidden, "the key \(owner.name) has not the scope \(scope.rawValue)",
                headers: [
                    .wwwAuthenticate:
                        "Bearer realm=\"underpaint\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
                ])
        }
    }
}

extension Problem {
    /// - Parameter error: what is wrong with the key that was sent, in RFC 6750's words; nil if none was.
    static func needsKey(_ detail: String, error: String? = nil) -> Problem {
        let challenge = "Bearer realm=\"underpaint\"" + (error.map { ", error=\"\($0)\"" } ?? "")
        return Problem(
            .unauthorized, detail + ": send it as \"Authorization: Bearer up_...\"",
            headers: [.wwwAuthenticate: challenge])
    }
}

/// What `Authentication` found out about a request.
enum Identification: Sendable {
    case caller(Caller)
    /// A key was sent, and is none.
    case refused(Problem)
}

extension Request {
    /// Who sends it. Where nobody has looked, it is somebody who may do nothing.
    var caller: Caller {
        guard case .caller(let caller)? = sender as? Identification else {
            return Caller(.guest, owner: .anonymous, scopes: [])
        }
        return caller
    }

    /// - Throws: `Problem` of kind `unauthorized` or `forbidden`.
    func require(_ scope: AccessScope) throws(Problem) {
        if case .refused(let problem)? = sender as? Identification { throw problem }
        try caller.require(scope)
    }
}
