/// How much work a key may ask for: in the long run, and at once.
package struct WorkRate: Sendable, Equatable, CustomStringConvertible {
    package enum Unit: String, Sendable, CaseIterable {
        /// 10^9 floating-point operations: the same on every machine.
        case gflop = "GFLOP"
        /// Seconds of one worker of this machine, by its measured speed.
        case seconds = "s"
    }

    package let unit: Unit
    /// More than 0.
    package let perSecond: Double
    /// What may be asked for at once after a rest, more than 0.
    package let burst: Double

    package init(_ perSecond: Double, burst: Double, in unit: Unit) {
        precondition(perSecond > 0 && burst > 0)
        self.unit = unit
        self.perSecond = perSecond
        self.burst = burst
    }

    /// `500 GFLOP/s, burst 30000 GFLOP`
    package var description: String {
        "\(Self.text(perSecond)) \(unit.rawValue)/s, burst \(Self.text(burst)) \(unit.rawValue)"
    }

    /// Without a fraction where there is none.
    static func text(_ number: Double) -> String {
        number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : String(number)
    }
}

extension WorkRate {
    /// Without a burst of its own a key may ask at once for what it gets in a minute.
    private static let burstSeconds = 60.0
    private static let largest = 1e12

    package enum Fault: Error, Equatable, CustomStringConvertible {
        case rate(String)
        case burst(String, Unit)

        package var description: String {
            switch self {
            case .rate(let text): "rate must be a number of GFLOP/s or s/s, not \"\(text)\": \"500 GFLOP/s\""
            case .burst(let text, let unit):
                "burst must be a number of \(unit.rawValue) like the rate, not \"\(text)\": \"30000 \(unit.rawValue)\""
            }
        }
    }

    /// - Parameters:
    ///   - rate: `500 GFLOP/s` or `0.5 s/s`.
    ///   - burst: `30000 GFLOP` or `30 s`, in the unit of the rate; nil: a minute of the rate.
    package init(rate: String, burst: String?) throws(Fault) {
        guard
            let (unit, number) = Unit.allCases.lazy.compactMap({ unit in
                Self.number(rate, before: unit.rawValue + "/s").map { (unit, $0) }
            }).first
        else { throw .rate(String(rate.prefix(100))) }
        guard let burst else {
            self.init(number, burst: number * Self.burstSeconds, in: unit)
            return
        }
        guard let size = Self.number(burst, before: unit.rawValue) else {
            throw .burst(String(burst.prefix(100)), unit)
        }
        self.init(number, burst: size, in: unit)
    }

    /// nil unless the text is a number more than 0, a space, and the unit.
    private static func number(_ text: String, before unit: String) -> Double? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == unit, let number = Double(parts[0]), number > 0, number <= largest else {
            return nil
        }
        return number
    }
}
