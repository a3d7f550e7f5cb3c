import Generation
package import JSON

/// Two sides that were measured in turn, so that a change of the machine's load meets both alike.
package struct BenchComparison {
    package struct Side {
        package let name: String
        /// At least one.
        package var runs: [BenchRun]

        package init(name: String, runs: [BenchRun] = []) {
            self.name = name
            self.runs = runs
        }

        package func median(_ value: (BenchRun) -> Double) -> Double { BenchComparison.median(runs.map(value)) }
    }

    package let first: Side
    package let second: Side

    package init(first: Side, second: Side) {
        self.first = first
        self.second = second
    }

    /// How many times as long the first side takes, by the medians.
    package var ratio: Double {
        BenchRun.ratio(first.median(\.wall.seconds), second.median(\.wall.seconds))
    }

    /// The middle value; of an even number the mean of the two in the middle. Of no values 0.
    package static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// The last line of `--json`.
    package var json: JSONValue {
        .record([
            "compare": .array([.string(first.name), .string(second.name)]),
            "rounds": .integer(first.runs.count),
            "median_wall_s": .array([first, second].map { .measured($0.median(\.wall.seconds)) }),
            "median_share": .array([first, second].map { .measured($0.median(\.share)) }),
            "ratio": .measured(ratio),
        ])
    }
}
