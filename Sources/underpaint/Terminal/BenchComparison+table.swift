import Bench
import Foundation
import Generation

extension BenchComparison {
    /// The medians of both sides for people.
    var table: String {
        var rows: [(name: String, value: (BenchRun) -> Double)] = [("whole, s", { $0.wall.seconds })]
        for (index, part) in first.runs[0].parts.enumerated() {
            rows.append(("\(part.name), s", { $0.parts[index].wall.seconds }))
        }
        rows += [("GFLOP", { $0.gflop }), ("GFLOP/s", { $0.gflops }), ("share, %", { 100 * $0.share })]
        let count = first.runs.count
        let columns = TableColumns(name: 16, cell: 14)
        var lines = ["medians of \(count) \(count == 1 ? "round" : "rounds")"]
        lines.append(columns.row("", [first.name, second.name, "ratio"]))
        for row in rows {
            let (left, right) = (first.median(row.value), second.median(row.value))
            lines.append(columns.row(row.name, [left, right, BenchRun.ratio(left, right)].map(number)))
        }
        return lines.joined(separator: "\n")
    }

    private func number(_ value: Double) -> String { String(format: "%.3f", value) }
}
