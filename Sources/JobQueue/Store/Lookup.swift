/// Answer to a question about a job: a forgotten one is told from one that never was.
package enum Lookup<Value: Sendable>: Sendable {
    case found(Value)
    /// It was there, and is not kept any more.
    case forgotten
    case unknown

    package var value: Value? {
        guard case .found(let value) = self else { return nil }
        return value
    }

    func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Lookup<Other> {
        try compactMap(transform)
    }

    /// Where the transformation gives nil, nothing is there.
    func compactMap<Other>(_ transform: (Value) throws -> Other?) rethrows -> Lookup<Other> {
        switch self {
        case .found(let value): try transform(value).map { .found($0) } ?? .unknown
        case .forgotten: .forgotten
        case .unknown: .unknown
        }
    }
}

extension Lookup: Equatable where Value: Equatable {}
