internal import CoreMetrics

/// One metric of the service: what operators see it called, and how whoever measures reports to it.
///
/// The table of all: `MetricFamily.all`. What is reported goes to the factory that swift-metrics was given; without one it
/// goes nowhere.
package struct MetricFamily: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Only grows.
        case counter
        /// Goes up and down.
        case gauge
        /// How many of the observed values are at most each bound; bounds ascend.
        case histogram(bounds: [Double])
    }

    /// Names of labels and their values. None is an id, a key or a class: each combination is a series that is kept.
    package typealias Labels = KeyValuePairs<String, String>

    package let name: String
    package let kind: Kind
    /// One sentence for people.
    package let help: String

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// Counts. An amount of 0 makes the series appear before anything happened.
    package func add(_ amount: Int = 1, _ labels: Labels = [:]) {
        precondition(kind == .counter, "\(name) does not count")
        Counter(label: name, dimensions: labels.map { ($0.key, $0.value) }).increment(by: amount)
    }

    /// - Parameter value: nil: the series goes away, as nobody knows the value.
    package func set(_ value: Double?, _ labels: Labels = [:]) {
        precondition(kind == .gauge, "\(name) is no gauge")
        let meter = Meter(label: name, dimensions: labels.map { ($0.key, $0.value) })
        if let value { meter.set(value) } else { meter.destroy() }
    }

    /// Observes a time; the histogram is in seconds.
    package func observe(_ time: Duration, _ labels: Labels = [:]) {
        let nanoseconds = time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
        Timer(label: name, dimensions: labels.map { ($0.key, $0.value) }).recordNanoseconds(nanoseconds)
    }

    /// Observes a number.
    package func observe(_ number: Int, _ labels: Labels = [:]) {
        Recorder(label: name, dimensions: labels.map { ($0.key, $0.value) }).record(number)
    }
}
