import Bench
import Foundation
import Generation
import Pipeline
import Sampler

extension BenchRun {
    /// The run for people.
    var table: String {
        let images = images == 1 ? "1 image" : "\(images) images"
        var lines = [
            "\(model), \(sampler.rawValue), \(engine), \(threads) threads, \(images)",
            Self.columns.row("", ["s", "GFLOP", "GFLOP/s", "ceiling", "steps"]),
        ]
        for stage in stages {
            let gflop = Double(operations(of: stage)) / 1e9
            lines.append(
                row(stage.name, seconds: stage.total.seconds, gflop: gflop, steps: steps(of: stage)))
        }
        lines.append(row("whole", seconds: wall.seconds, gflop: gflop, steps: nil))
        lines.append("of which")
        lines += parts.map { row($0.name, seconds: $0.wall.seconds, gflop: $0.gflop, steps: nil) }
        let head = parts[2].wall.seconds
        let floor = headMemoryFloorSeconds
        let times = String(format: "%.2f", Self.ratio(head, floor))
        lines += [
            "encoder + decoder: \(Self.percent(share)) of the matmul ceiling, \(Self.number(ceilings.gflops)) GFLOP/s",
            "head: \(operations.headEvaluations) evaluations of \(Self.number(Double(headByteCount) / 1e6)) MB at "
                + "\(Self.number(ceilings.gigabytesPerSecond)) GB/s: \(String(format: "%.3f", floor)) s if each reads them "
                + "all, taken \(times) x that",
        ]
        lines.append("scratch memory: \(scratchAllocations) blocks taken from the system during the job")
        if let trip = ceilings.roundTripNanoseconds { lines.append("core to core and back: \(Self.number(trip)) ns") }
        if let peakByteCount { lines.append("peak memory: \(Self.number(Double(peakByteCount) / 1e6)) MB") }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, seconds: Double, gflop: Double, steps: Int?) -> String {
        let speed = Self.ratio(gflop, seconds)
        let isCounted = gflop > 0
        return Self.columns.row(
            name,
            [
                String(format: "%.3f", seconds), isCounted ? Self.number(gflop) : "",
                isCounted ? Self.number(speed) : "", isCounted ? Self.percent(speed / ceilings.gflops) : "",
                steps.map(String.init) ?? "",
            ])
    }

    private static let columns = TableColumns(name: 16, cell: 11)

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
