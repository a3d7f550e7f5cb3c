import Compute
import Foundation
import Testing

@testable import underpaint

@Suite("How many workers there are, and how they come by the cores")
struct WorkerPlanTests {
    private func plan(threads: Int, count: String, cores: Int = 8) throws -> WorkerPlan {
        try ServiceConfiguration.load(
            overrides: ["workers.threads": "\(threads)", "workers.count": count], environment: [:]
        ).workerPlan(cores: cores)
    }

    @Test(arguments: [(0, 1, 8), (0, 3, 2), (0, 16, 1), (5, 4, 5), (0, 0, 8)])
    func `so many workers have equal parts of the cores, at least one thread each, and share nothing`(
        threads: Int, count: Int, expected: Int
    ) throws {
        let plan = try plan(threads: threads, count: "\(count)")
        #expect(plan.count == count && plan.threads == expected)
        #expect(plan.sharedCores == nil && plan.makeBudget() == nil)
    }

    @Test(arguments: [(1, 1), (2, 2), (8, 8), (64, 8)])
    func `auto is a worker for each core, 8 at most, and a job that runs alone has all cores`(cores: Int, count: Int)
        throws
    {
        let plan = try plan(threads: 0, count: "auto", cores: cores)
        #expect(plan.count == count && plan.threads == cores && plan.sharedCores == cores)
        #expect(plan.makeBudget()?.cores == cores)
    }

    @Test func `with auto a number of threads is the most that one job has`() throws {
        let plan = try plan(threads: 3, count: "auto")
        #expect(plan.count == 8 && plan.threads == 3 && plan.sharedCores == 8)
    }

    @Test(arguments: ["auto", "\"auto\"", "2", "0"])
    func `a file says auto or a number`(value: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "underpaint-\(UUID()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("workers: {count: \(value)}\n".utf8).write(to: file)
        #expect(try ServiceConfiguration.load(file: file.path, environment: [:]).workerCount == Int(value))
    }

    @Test(arguments: ["257", "-1", "all", ""])
    func `anything else is refused with what there may be`(value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try plan(threads: 0, count: value) }
        #expect("\(try #require(error))".contains("workers.count must be auto, or an integer 0...256, not "))
    }

    @Test
    func `auto is in the capabilities, the metrics and the log, and beside other jobs an image has the same bytes`()
        throws
    {
        let alone = try ServedProcess(["--workers", "1"])
        let server = try ServedProcess(["--workers", "auto"])
        let compute = try #require(try server.curl(["/v1/capabilities"]).json["compute"] as? [String: Any])
        let workers = try #require(compute["workers"] as? Int)
        #expect(compute["shares_cores"] as? Bool == true)
        #expect(compute["threads_per_worker"] as? Int == ProcessorShare.current)
        #expect(workers == min(ProcessorShare.current, WorkerPlan.automaticLimit))
        let metrics = try server.curl(["/metrics"]).text
        #expect(metrics.contains("underpaint_workers \(workers)\n"))
        #expect(metrics.contains("underpaint_worker_threads \(ProcessorShare.current)\n"))
        #expect(try server.logText().contains("shares_cores=true"))
        let unshared = try #require(try alone.curl(["/v1/capabilities"]).json["compute"] as? [String: Any])
        #expect(unshared["shares_cores"] as? Bool == false && unshared["workers"] as? Int == 1)

        /// Images of jobs that are all there before the first one is looked at.
        func images(of server: ServedProcess) throws -> [Data] {
            let ids = try (0..<6).map { seed in
                let reply = try server.post(#"{"class": 3, "seed": \#(seed)}"#)
                return try #require(try reply.json["id"] as? String)
            }
            return try ids.map { id in
                let deadline = Date().addingTimeInterval(60)
                while try server.curl(["/v1/generations/\(id)"]).json["status"] as? String != "completed" {
                    try #require(Date() < deadline)
                    Thread.sleep(forTimeInterval: 0.05)
                }
                return try server.curl(["/v1/generations/\(id)/images/0"]).body
            }
        }
        let expected = try images(of: alone)
        #expect(Set(expected).count == 6 && expected[0].starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try images(of: server) == expected)
    }
}
