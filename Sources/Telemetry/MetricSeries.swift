internal import CoreMetrics
internal import Synchronization

/// One metric with one set of labels: its value.
///
/// It is all kinds of handlers at once, because the family says how what is reported is taken.
final class MetricSeries: Sendable {
    struct Value: Sendable {
        /// Of a counter or a gauge; of a histogram the sum of what was observed.
        var number = 0.0
        /// Observations at most each bound and above the one before, and last those above all bounds.
        var counts: [Int]
    }

    let family: MetricFamily
    /// In the order of their names.
    let labels: [(name: String, value: String)]
    private let value: Mutex<Value>

    init(_ family: MetricFamily, _ labels: [(name: String, value: String)]) {
        self.family = family
        self.labels = labels
        value = Mutex(Value(counts: family.kind.bounds.map { Array(repeating: 0, count: $0.count + 1) } ?? []))
    }

    var current: Value { value.withLock { $0 } }

    /// Takes one report: a histogram observes it, a gauge becomes it.
    func record(_ number: Double) {
        guard let bounds = family.kind.bounds else { return set(number) }
        value.withLock { value in
            value.number += number
            value.counts[bounds.firstIndex { number <= $0 } ?? bounds.count] += 1
        }
    }

    func set(_ number: Double) { value.withLock { $0.number = number } }

    func increment(by amount: Double) { value.withLock { $0.number += amount } }
}

extension MetricSeries: CounterHandler, FloatingPointCounterHandler {
    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func reset() { set(0.0) }
}

extension MetricSeries: MeterHandler, RecorderHandler, TimerHandler {
    func set(_ number: Int64) { set(Double(number)) }
    func decrement(by amount: Double) { increment(by: -amount) }
    func record(_ number: Int64) { record(Double(number)) }
    /// Prometheus has seconds.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}

extension MetricFamily.Kind {
    /// nil for what has none.
    var bounds: [Double]? {
        guard case .histogram(let bounds) = self else { return nil }
        return bounds
    }
}
