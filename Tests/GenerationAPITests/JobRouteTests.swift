import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

struct JobRouteTests {
    @Test func `a completed job shows its images, times and settings`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob(#"{"class": 7, "seed": 42, "count": 2}"#)
        try await api.completeNext()
        let response = await api.send("GET", "/v1/generations/\(id)")
        #expect(response.status == 200)
        #expect(response.headers[.cacheControl] == "no-store")
        let job = try response.document()
        #expect(
            job.names == [
                "id", "status", "model", "class", "created_at", "started_at", "finished_at", "attempts", "images",
                "timings", "settings",
            ])
        #expect(job["images"]?.elements.count == 2)
        #expect(
            job["images"]?.elements[1].text()
                == #"{"index":1,"seed":43,"width":32,"height":32,"url":"/v1/generations/\#(id)/images/1","bytes":2,"#
                + #""sha256":"\#(SHA256Digest(of: [137, 1]))"}"#)
        let timings = try #require(job["timings"])
        #expect(timings.names == ["queue_ms", "total_ms", "stages"])
        #expect(timings["total_ms"] == .integer(100))
        #expect(
            timings["stages"]?.text()
                == #"[{"name":"structure","total_ms":40,"steps":4,"tokens":32,"diffusion_steps":140,"encoder_ms":5,"#
                + #""decoder_ms":6,"diffusion_ms":28},{"name":"reconstruction","total_ms":30,"steps":1,"tokens":32,"#
                + #""diffusion_steps":50,"encoder_ms":1,"decoder_ms":2,"diffusion_ms":26,"detail_tokens":3,"#
                + #""fts_ms":1.5},{"name":"vae","total_ms":20},{"name":"png","total_ms":9}]"#)
    }

    @Test func `timestamps are RFC 3339 in UTC`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        let text = try await api.send("GET", "/v1/generations/\(id)").document()["created_at"].text
        #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func `a running job shows its progress`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        let lease = try await api.claimNext().lease
        #expect(try await api.send("GET", "/v1/generations/\(id)").document()["progress"] == .null)
        let progress = GenerationProgress(stage: .reconstruction, step: 4, steps: 5)
        _ = try await api.queue.renew([LeaseRenewal(lease, progress: progress)], for: .seconds(60))
        let job = try await api.send("GET", "/v1/generations/\(id)").document()
        #expect(job["status"] == .string("running"))
        #expect(job["progress"]?.text() == #"{"stage":"reconstruction","step":4,"steps":5}"#)
    }

    @Test func `a queued job shows its position and when it may start`() async throws {
        let api = APIHarness()
        _ = try await api.submitJob()
        try await api.completeNext(total: .seconds(2))
        _ = try await api.submitJob(#"{"class": 7, "count": 3}"#)
        let id = try await api.submitJob()
        let job = try await api.send("GET", "/v1/generations/\(id)").document()
        #expect(job["queue"]?.text() == #"{"position":2,"eta_ms":6000}"#)
    }

    @Test func `a failed job shows why`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        let lease = try await api.claimNext().lease
        try await api.queue.fail(lease, because: .workerLost(attempts: 3))
        let job = try await api.send("GET", "/v1/generations/\(id)").document()
        #expect(job["error"]?["detail"] == .string("its worker was lost, 3 times"))
    }

    @Test func `a job names its attempts, and the loss of its workers all that led to it`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        try await api.queue.handBack(try await api.claimNext().lease)
        try await api.queue.giveUp(try await api.claimNext().lease, attemptLimit: 2)
        let lease = try await api.claimNext().lease
        let running = try await api.send("GET", "/v1/generations/\(id)").document()
        let attempts = try #require(running["attempts"]).elements
        #expect(attempts.map { $0["outcome"].text } == ["handed_back", "timed_out", "running"])
        #expect(attempts.map { $0["number"] } == [.integer(1), .integer(2), .integer(3)])
        #expect(attempts[2].names == ["number", "worker", "started_at", "ended_at", "outcome"])
        #expect(attempts[2]["ended_at"] == .null && attempts[2]["worker"].text == "fake")
        try await api.queue.giveUp(lease, attemptLimit: 2)
        let failed = try await api.send("GET", "/v1/generations/\(id)").document()
        #expect(
            failed["error"]?["detail"].text
                == "its worker was lost, 2 times: attempt 2 of fake made no progress, attempt 3 of fake made no progress"
        )
    }

    @Test func `cancelling is idempotent`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        for _ in 0..<2 {
            let response = await api.send("POST", "/v1/generations/\(id)/cancel")
            #expect(response.status == 200)
            #expect(try response.document()["status"] == .string("cancelled"))
        }
    }

    @Test func `an image is served with a strong tag and may be kept by its client`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob(#"{"class": 7, "count": 2}"#)
        try await api.completeNext()
        let path = "/v1/generations/\(id)/images/1"
        let response = await api.send("GET", path)
        #expect(response.status == 200)
        #expect(response.body.bytes == [137, 1])
        #expect(response.headers[.contentType] == "image/png")
        #expect(response.headers[.cacheControl] == "private, max-age=31536000, immutable")
        let tag = try #require(response.headers[.eTag])
        #expect(tag == "\"\(SHA256Digest(of: [137, 1]))\"")
        for known in [tag, "\"other\", \(tag)", "W/\(tag)", "*"] {
            let unchanged = await api.send("GET", path, headers: [.ifNoneMatch: known])
            #expect(unchanged.status == 304)
            // The server sends its length only.
            #expect(unchanged.body.bytes == [137, 1])
            #expect(unchanged.headers[.eTag] == tag)
        }
        #expect(await api.send("GET", path, headers: [.ifNoneMatch: "\"other\""]).status == 200)
        #expect(await api.send("GET", path, headers: [.accept: "application/json"]).status == 406)
    }

    @Test func `an image that is not there is not found`() async throws {
        let api = APIHarness()
        let id = try await api.submitJob()
        let early = await api.send("GET", "/v1/generations/\(id)/images/0")
        #expect(early.status == 404)
        #expect(try early.document()["detail"].text.contains("the job is queued") == true)
        try await api.completeNext()
        for index in ["1", "00", "-1", "+0", "x", "", "99999999999999999999"] {
            #expect(await api.send("GET", "/v1/generations/\(id)/images/\(index)").status == 404)
        }
    }

    @Test func `a job that is not kept any more is gone, and one that never was is not found`() async throws {
        let api = APIHarness(store: InMemoryJobStore(limits: .init(retainedJobs: 1)))
        let old = try await api.submitJob()
        try await api.completeNext()
        _ = try await api.submitJob()
        try await api.completeNext()
        for (id, status) in [(old, 410), (JobID(), 404)] {
            #expect(await api.send("GET", "/v1/generations/\(id)").status == status)
            #expect(await api.send("GET", "/v1/generations/\(id)/images/0").status == status)
            #expect(await api.send("POST", "/v1/generations/\(id)/cancel").status == status)
        }
    }
}
