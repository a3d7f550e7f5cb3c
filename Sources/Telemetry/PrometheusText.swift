/// Prometheus' text format 0.0.4.
enum PrometheusText {
    /// A family with its series, each line ended.
    ///
    /// - Parameter series: of one family, at least one.
    static func of(_ series: [MetricSeries]) -> String {
        guard let family = series.first?.family else { return "" }
        let help = escaped(family.help, quotes: false)
        var text = "# HELP \(family.name) \(help)\n# TYPE \(family.name) \(family.kind.name)\n"
        for one in series { text += lines(of: one) }
        return text
    }

    /// `{a="b",c="d"}`; nothing where there are none.
    static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    /// The text with an underscore in place of what a name cannot have.
    static func name(_ text: String) -> String {
        let characters = text.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar))
                ? Character(scalar) : "_"
        }
        return (text.first?.isNumber ?? true ? "_" : "") + String(characters)
    }

    /// Whole numbers without a fraction.
    static func number(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: number).map(String.init) ?? "\(number)"
    }

    private static func lines(of series: MetricSeries) -> String {
        let name = series.family.name
        let value = series.current
        guard let bounds = series.family.kind.bounds else {
            return "\(name)\(labels(series.labels)) \(number(value.number))\n"
        }
        var text = ""
        var total = 0
        for (bound, count) in zip(bounds + [.infinity], value.counts) {
            total += count
            text += "\(name)_bucket\(labels(series.labels + [("le", number(bound))])) \(total)\n"
        }
        text += "\(name)_sum\(labels(series.labels)) \(number(value.number))\n"
        text += "\(name)_count\(labels(series.labels)) \(total)\n"
        return text
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension MetricFamily.Kind {
    fileprivate var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
