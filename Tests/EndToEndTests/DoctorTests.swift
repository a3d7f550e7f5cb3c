import Compute
import Foundation
import Testing

@testable import underpaint

@Suite("underpaint doctor")
struct DoctorTests {
    private func doctor(_ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(ServedProcess.binary, ["doctor"] + arguments)
    }

    @Test func `says what the machine has, what each engine reaches, and what is taken`() throws {
        let result = try doctor(["--json", "--threads", "2"])
        #expect(result.code == 0, "\(result.error)")
        let found = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect((found["processor"] as? String)?.isEmpty == false)
        #expect(found["features"] as? [String] == Processor.current.features)
        #expect(found["threads_per_worker"] as? Int == 2 && (found["cores"] as? Int ?? 0) >= 1)
        let usable = try #require(found["usable_cores"] as? Int)
        #expect(usable >= 1 && usable <= found["cores"] as? Int ?? 0)
        let engines = try #require(found["engines"] as? [[String: Any]])
        let names = engines.map { "\($0["backend"] ?? "") \($0["precision"] ?? "")" }
        #expect(names == Engine.available.filter { $0.offer != .reference }.map(\.description))
        #expect(engines.allSatisfy { $0["gflops"] as? Double ?? 0 > 0 })
        #expect(found["bandwidth_gb_s"] as? Double ?? 0 > 0 && found["core_round_trip_ns"] as? Double ?? 0 > 0)
        let choice = EngineChoice().engine
        #expect(
            found["backend"] as? String == choice.name && found["precision"] as? String == choice.precision.rawValue)
    }

    @Test func `says which wish cannot be had`() throws {
        let result = try doctor(["--threads", "1", "--backend", "openblas", "--precision", "int8"])
        #expect(result.code == 0, "\(result.error)")
        #expect(result.output.contains("takes: openblas fp32"))
        #expect(result.output.contains("openblas int8 cannot be had on this processor: openblas fp32 computes"))
        #expect(result.output.contains("core to core and back: one thread"))
    }
}
