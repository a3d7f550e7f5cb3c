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
}

extension Lookup: Equatable where Value: Equatable {}
