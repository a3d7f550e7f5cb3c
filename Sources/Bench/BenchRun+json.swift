import Compute
import Generation
package import JSON
import Pipeline
import Sampler

extension BenchRun {
    /// One line of `--json`. Seconds, 10^9 operations, and megabytes of 10^6 bytes.
    package var json: JSONValue {
        .record([
            "model": .string(model), "sampler": .string(sampler.rawValue), "backend": .string(engine.name),
            "precision": .string(engine.precision.rawValue), "threads": .integer(threads),
            "images": .integer(images), "wall_s": .measured(wall.seconds), "gflop": .measured(gflop),
            "gflops": .measured(gflops), "ceiling_gflops": .measured(ceilings.gflops), "share": .measured(share),
            "bandwidth_gb_s": .measured(ceilings.gigabytesPerSecond),
            "core_round_trip_ns": ceilings.roundTripNanoseconds.map { .measured($0) },
            "peak_rss_mb": peakByteCount.map { .measured(Double($0) / 1e6) },
            "scratch_allocations": .integer(scratchAllocations),
            "head": .record([
                "evaluations": .integer(operations.headEvaluations),
                "weights_mb": .measured(Double(headByteCount) / 1e6),
                "memory_floor_s": .measured(headMemoryFloorSeconds),
            ]),
            "parts": .array(parts.map { $0.json(precision: engine.precision) }),
            "stages": .array(
                stages.map { stage in
                    .record([
                        "name": .string(stage.name), "wall_s": .measured(stage.total.seconds),
                        "gflop": .measured(Double(operations(of: stage)) / 1e9),
                        "steps": .integer(steps(of: stage)),
                    ])
                }),
        ])
    }
}

extension BenchRun.Part {
    fileprivate func json(precision: Precision) -> JSONValue {
        .record([
            "name": .string(name), "wall_s": .measured(wall.seconds), "gflop": .measured(gflop),
            "gflops": .measured(gflops),
            "weights_read_gb": weightsRead.map { .measured(Double($0 * precision.byteCount) / 1e9) },
        ])
    }
}

extension JSONValue {
    /// To six digits after the point, which is more than any of these numbers is worth.
    package static func measured(_ value: Double) -> JSONValue { .number((value * 1e6).rounded() / 1e6) }
}
