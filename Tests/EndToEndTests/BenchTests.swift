import Bench
import Foundation
import Testing

@testable import underpaint

@Suite("underpaint bench", .serialized)
struct BenchTests {
    private func bench(_ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(ServedProcess.binary, ["bench"] + arguments)
    }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func number(_ name: String, of object: [String: Any]) throws -> Double {
        try #require(object[name] as? Double, "\(name) is missing")
    }

    @Test func `a shape is measured without a checkpoint, and its figures fit together`() throws {
        let result = try bench(["--shape", "tiny", "--json", "--images", "2", "--threads", "1", "--rounds", "2"])
        #expect(result.code == 0, "\(result.error)")
        let runs = try objects(result.output)
        #expect(runs.count == 2)
        for run in runs {
            #expect(run["model"] as? String == "tiny" && run["sampler"] as? String == "gtr-16")
            #expect(run["backend"] is String && run["precision"] is String)
            #expect(run["threads"] as? Int == 1 && run["images"] as? Int == 2)
            let (wall, gflop) = (try number("wall_s", of: run), try number("gflop", of: run))
            #expect(wall > 0 && gflop > 0)
            #expect(abs(try number("gflops", of: run) / (gflop / wall) - 1) < 0.01)
            #expect(try number("ceiling_gflops", of: run) > 0 && number("share", of: run) > 0)
            #expect(try number("bandwidth_gb_s", of: run) > 0 && number("peak_rss_mb", of: run) > 1)
            #expect(run["scratch_allocations"] is Int)

            let stages = try #require(run["stages"] as? [[String: Any]])
            #expect(stages.compactMap { $0["name"] as? String } == ["structure", "reconstruction", "vae", "png"])
            #expect(stages.compactMap { $0["steps"] as? Int } == [2 * 4, 2, 2, 2])
            let walls = try stages.map { try number("wall_s", of: $0) }.reduce(0, +)
            #expect(walls > 0 && walls <= wall * 1.001, "stages take \(walls) s of \(wall) s")
            let parts = try #require(run["parts"] as? [[String: Any]])
            #expect(parts.compactMap { $0["name"] as? String } == ["encoder", "decoder", "head", "vae"])
            for list in [stages, parts] {
                #expect(abs(try list.map { try number("gflop", of: $0) }.reduce(0, +) - gflop) < 1e-5)
            }
            let head = try #require(run["head"] as? [String: Any])
            #expect(try number("evaluations", of: head) > 100 && number("memory_floor_s", of: head) > 0)
        }
    }

    @Test func `the head is measured by itself at a number of rows`() throws {
        let result = try bench(["--shape", "tiny", "--json", "--head-rows", "6"])
        #expect(result.code == 0, "\(result.error)")
        let run = try #require(try objects(result.output).first)
        #expect(run["head_rows"] as? Int == 6)
        let (step, reading) = (try number("step_ms", of: run), try number("reading_ms", of: run))
        let ratio = try number("ratio", of: run)
        #expect(step > 0 && reading > 0 && ratio > 0)
        let refused = try bench(["--shape", "tiny", "--head-rows", "0"])
        #expect(refused.code != 0 && refused.error.contains("1...1024"))
    }

    @Test func `two samplers are measured in turn, and their ratio is that of the medians`() throws {
        let result = try bench(["--shape", "tiny", "--json", "--compare", "mar-64,gtr-16", "--rounds", "2"])
        #expect(result.code == 0, "\(result.error)")
        let lines = try objects(result.output)
        #expect(
            lines.dropLast().compactMap { $0["sampler"] as? String } == ["mar-64", "gtr-16", "mar-64", "gtr-16"])
        let comparison = try #require(lines.last)
        #expect(comparison["compare"] as? [String] == ["mar-64", "gtr-16"] && comparison["rounds"] as? Int == 2)
        let medians = try #require(comparison["median_wall_s"] as? [Double])
        #expect(abs(try number("ratio", of: comparison) / (medians[0] / medians[1]) - 1) < 0.01)
        #expect(try number("ratio", of: comparison) > 1)
    }

    @Test func `a model of the directory on two backends gives a table for people`() throws {
        let result = try bench(
            ["--model", "tiny", "--sampler", "gtr-16", "--compare", "openblas,reference"]
                + ServedProcess.modelFlags)
        #expect(result.code == 0, "\(result.error)")
        for text in [
            "tiny, gtr-16, openblas fp32", "reference fp32", "reconstruction", "matmul ceiling", "ratio", "peak memory",
        ] {
            #expect(result.output.contains(text), "\(text) is missing in \(result.output)")
        }
    }

    @Test(arguments: [
        (["--shape", "mar-x"], "mar-b"), (["--shape", "tiny", "--model", "tiny"], "exclude"),
        (["--shape", "tiny", "--compare", "mar-64"], "two names"),
        (["--shape", "tiny", "--compare", "mar-64,mar-65"], "mar-65"), (["--images", "0"], "1...1000"),
        (["--shape", "tiny", "--compare", "openblas,abacus"], "abacus"),
    ])
    func `what cannot be measured is refused, with the reason`(arguments: [String], reason: String) throws {
        let result = try bench(arguments)
        #expect(result.code != 0 && result.error.contains(reason), "\(result.error)")
    }

    @Test func `the peak is read from the system's own words`() throws {
        #expect(PeakMemory.byteCount(status: "VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 7 kB\n") == 2 << 20)
        #expect(PeakMemory.byteCount(status: "Name:\tunderpaint\n") == nil)
        #expect(try #require(PeakMemory.byteCount) > 1 << 20)
    }

    @Test func `a median is the middle value, or the mean of the two in the middle`() {
        #expect(BenchComparison.median([3, 1, 2]) == 2)
        #expect(BenchComparison.median([4, 1, 3, 2]) == 2.5)
        #expect(BenchComparison.median([7]) == 7)
    }
}
