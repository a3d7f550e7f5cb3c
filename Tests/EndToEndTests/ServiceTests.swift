import Foundation
import Testing

@Suite("The service, as a client sees it", .serialized)
struct ServiceTests {
    /// A job that takes seconds on the fastest machine, so that others find it running or queued.
    private static let longSampler = #"{"preset":"mar-256","diffusion_steps":{"max":1000}}"#
    /// Ten times the diffusion steps of any preset is more than one job may be by default.
    private static let anyWork = ["--set", "limits.max_work=1000000000"]

    @Test func `one curl line answers a PNG, the same bytes every time, after a restart and from the command line`()
        throws
    {
        let body = #"{"class":"class 3","seed":7}"#
        var images: [Data] = []
        for _ in 0..<2 {
            let server = try ServedProcess()
            for _ in 0..<2 {
                let reply = try server.post(body, ["-H", "Accept: image/png"])
                #expect(reply.status == 200)
                #expect(reply.headers.lowercased().contains("x-seed: 7"))
                #expect(reply.headers.lowercased().contains("server-timing: "))
                images.append(reply.body)
            }
            #expect(server.stop() == 0)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-out-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try ServedProcess.run(
            ServedProcess.binary,
            ["generate", "--class", "class 3", "--seed", "7", "--threads", "1", "-o", folder.path]
                + ServedProcess.modelFlags)
        #expect(result.code == 0 && result.output.contains("reconstruction"))
        images.append(try Data(contentsOf: folder.appending(path: "class-3-7.png")))
        #expect(images[0].starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(Set(images).count == 1)
    }

    @Test func `a job is accepted, runs, and tells where its time went`() throws {
        let server = try ServedProcess()
        // Eight images, so that a moment in which the process does not run is a small part of the job.
        let accepted = try server.post(#"{"class":3,"seed":1,"count":8}"#)
        #expect(accepted.status == 202)
        let id = try #require(try accepted.json["id"] as? String)
        #expect(accepted.headers.contains("/v1/generations/\(id)"))
        var job = try server.curl(["/v1/generations/\(id)"]).json
        let deadline = Date().addingTimeInterval(60)
        while job["status"] as? String != "completed", Date() < deadline {
            Thread.sleep(forTimeInterval: 0.05)
            job = try server.curl(["/v1/generations/\(id)"]).json
        }
        #expect(job["status"] as? String == "completed")
        let timings = try #require(job["timings"] as? [String: Any])
        let stages = try #require(timings["stages"] as? [[String: Any]])
        #expect(stages.compactMap { $0["name"] as? String } == ["structure", "reconstruction", "vae", "png"])
        let total = try #require(timings["total_ms"] as? Double)
        let sum = stages.compactMap { $0["total_ms"] as? Double }.reduce(0, +)
        #expect(sum > 0 && sum <= total * 1.001, "stages \(sum) ms of \(total) ms")
        #expect((job["images"] as? [Any])?.count == 8)
        let image = try server.curl(["/v1/generations/\(id)/images/1"])
        #expect(image.status == 200 && image.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func `Prefer wait answers the finished job`() throws {
        let server = try ServedProcess()
        let reply = try server.post(#"{"class":"class 1"}"#, ["-H", "Prefer: wait=60"])
        #expect(reply.status == 200)
        #expect(try reply.json["status"] as? String == "completed")
    }

    @Test func `bad input is refused with its reason, and the server goes on`() throws {
        let server = try ServedProcess(["--set", "http.max_body_bytes=2048"])
        let refusals: [(body: String, headers: [String], status: Int, part: String)] = [
            (#"{"class":"cat"}"#, [], 400, "/class"),
            (#"{"class":3,"colour":"red"}"#, [], 400, "colour"),
            (#"{"class":3,"sampler":"gtr-99"}"#, [], 400, "gtr-99"),
            (#"{"class":3,"count":0}"#, [], 400, "/count"),
            (#"{"class":3,"guidance":1e9}"#, [], 400, "/guidance"),
            (#"{"class":3,"sampler":{"preset":"gtr-16","steps":[99,1,1]}}"#, [], 400, "steps"),
            (#"{"class":3,"#, [], 400, "at byte 11"),
            (#"{"class":3}"#, ["-H", "Content-Type: text/plain"], 415, "text/plain"),
            (String(repeating: " ", count: 4096), [], 413, "2048"),
        ]
        for refusal in refusals {
            let type = refusal.headers.isEmpty ? ["-H", "Content-Type: application/json"] : refusal.headers
            let reply = try server.curl(["/v1/generations", "--data-binary", refusal.body] + type)
            #expect(reply.status == refusal.status, "\(refusal.body.prefix(60)): \(reply.text)")
            #expect(reply.headers.contains("application/problem+json"))
            #expect(reply.headers.lowercased().contains("x-request-id: "))
            #expect(reply.text.contains(refusal.part))
        }
        #expect(try server.curl(["/v1/nothing"]).status == 404)
        #expect(try server.curl(["/v1/generations/gen_unknown"]).status == 404)
        #expect(try server.curl(["/v1/models", "-X", "DELETE"]).status == 405)
        #expect(try server.curl(["/healthz"]).status == 200)
        #expect(try server.post(#"{"class":3}"#, ["-H", "Accept: image/png"]).status == 200)
    }

    @Test func `a full queue refuses with 429 and Retry-After, and loses nothing that it accepted`() throws {
        let server = try ServedProcess(["--set", "queue.limit=2"] + Self.anyWork)
        var (accepted, refused): ([String], [ServedProcess.Reply]) = ([], [])
        for seed in 0..<8 {
            let reply = try server.post(#"{"class":3,"count":2,"sampler":\#(Self.longSampler),"seed":\#(seed)}"#)
            if reply.status == 202 {
                accepted.append(try #require(try reply.json["id"] as? String))
            } else {
                refused.append(reply)
            }
        }
        #expect(!refused.isEmpty && accepted.count >= 2)
        #expect(refused.allSatisfy { $0.status == 429 && $0.headers.lowercased().contains("retry-after: ") })
        for id in accepted {
            let deadline = Date().addingTimeInterval(120)
            while try server.curl(["/v1/generations/\(id)"]).json["status"] as? String != "completed" {
                try #require(Date() < deadline)
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    @Test func `a request of far more steps than any preset has is refused with its work`() throws {
        let server = try ServedProcess()
        let heavy = #"{"class":3,"count":16,"sampler":{"preset":"mar-64","diffusion_steps":{"max":1000,"min":1000}}}"#
        let refused = try server.post(heavy)
        #expect(refused.status == 422)
        #expect(refused.text.contains("too-much-work") && refused.text.contains("GFLOP"))
        let accepted = try server.post(#"{"class":3,"count":16,"sampler":"mar-256"}"#, ["-H", "X-Request-Id: mine-7"])
        #expect(accepted.status == 202)
        let id = try #require(try accepted.json["id"] as? String)
        #expect(try server.curl(["/v1/generations/\(id)/cancel", "--data", ""]).status == 200)
        // Both are told to the operator.
        let lines = try server.logText().split(separator: "\n")
        #expect(lines.contains { $0.contains(" info refused ") && $0.contains("problem=too-much-work") })
        #expect(lines.contains { $0.contains(" info cancelled ") && $0.contains("request_id=mine-7") })
    }

    @Test func `SIGTERM finishes the running job, answers the waiting client and exits with 0`() async throws {
        let server = try ServedProcess(["--backend", "openblas", "--set", "drain_limit_s=120"] + Self.anyWork)
        let long = #"{"class":3,"sampler":\#(Self.longSampler),"count":8}"#
        func wait(for body: String) -> Task<String, any Error> {
            Task.detached { [port = server.port] in
                try ServedProcess.run(
                    URL(filePath: "/usr/bin/env"),
                    [
                        "curl", "-s", "-D", "-", "-w", "%{http_code}", "-H", "Prefer: wait=60", "-H",
                        "Content-Type: application/json", "--data", body,
                        "http://127.0.0.1:\(port)/v1/generations",
                    ]
                ).output
            }
        }
        let reply = wait(for: long)
        // The only worker is busy with the first job once a second one stays in the queue.
        var isBusy = false
        let deadline = Date().addingTimeInterval(30)
        while !isBusy, Date() < deadline {
            let id = try #require(try server.post(#"{"class":3}"#).json["id"] as? String)
            try await Task.sleep(for: .milliseconds(300))
            isBusy = try server.curl(["/v1/generations/\(id)"]).json["status"] as? String == "queued"
        }
        try #require(isBusy)
        let queued = wait(for: #"{"class":3}"#)
        try await Task.sleep(for: .milliseconds(300))
        #expect(server.stop() == 0)
        #expect(try await reply.value.hasSuffix("200"))
        let refusal = try await queued.value
        #expect(refusal.hasSuffix("503") && refusal.contains("urn:underpaint:problem:not-ready"))
        #expect(refusal.contains("/v1/generations/gen_") && refusal.lowercased().contains("retry-after: "))
        let log = try server.logText()
        #expect(log.contains("queued jobs dropped"))
        #expect(log.contains(" class=\"class 3\" ") && log.contains(" request_id=") && log.contains(" sampler=mar-256"))
    }

    @Test func `an unknown configuration key stops the start with its path`() throws {
        let result = try ServedProcess.run(
            ServedProcess.binary, ["serve", "--set", "http.prot=1"] + ServedProcess.modelFlags)
        #expect(result.code != 0 && result.error.contains("http.prot"))
    }

    @Test func `a missing model stops the start with its name`() throws {
        let result = try ServedProcess.run(ServedProcess.binary, ["serve", "--models", "/nonexistent"])
        #expect(result.code != 0 && result.error.contains("/nonexistent"))
    }
}
