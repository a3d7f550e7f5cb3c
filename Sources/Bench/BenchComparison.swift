import Foundation
import Generation
package import JSON

/// Two sides that were measured in turn, so that a change of the machine's load meets both alike.
package struct BenchComparison {
    package struct Side {
        let name: String
        /// At least one.
        package var runs: [BenchRun]

        package init(name: String, runs: [BenchRun] = []) {
            self.name = name
            self.runs = runs
        }

        func median(_ value: (BenchRun) -> Double) -> Double { BenchComparison.median(runs.map(value)) }
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

    package var table: String {
        var rows: [(name: String, value: (BenchRun) -> Double)] = [("whole, s", { $0.wall.seconds })]
        for (index, part) in first.runs[0].parts.enumerated() {
            rows.append(("\(part.name), s", { $0.parts[index].wall.seconds }))
        }
        rows += [("GFLOP", { $0.gflop }), ("GFLOP/s", { $0.gflops }), ("share, %", { 100 * $0.share })]
        let count = first.runs.count
        var lines = ["medians of \(count) \(count == 1 ? "round" : "rounds")"]
        lines.append(line("", first.name, second.name, "ratio"))
        for row in rows {
            let (left, right) = (first.median(row.value), second.median(row.value))
            lines.append(line(row.name, number(left), number(right), number(BenchRun.ratio(left, right))))
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ name: String, _ cells: String...) -> String {
        name.padding(toLength: 16, withPad: " ", startingAt: 0)
            + cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }

    private func number(_ value: Double) -> String { String(format: "%.3f", value) }
}
