import Generation
import HTTPServer
import HTTPTypes
import JSON
import Testing

@testable import GenerationAPI
@testable import JobQueue

/// What operators do with a running service.
struct AdminTests {
    private let api = APIHarness(
        keys: KeyRing([.example("alice"), .example("bob"), .example("chief", [.admin])]))

    private func steer(_ verb: String) async throws -> JSONValue {
        let response = await api.send("POST", "/v1/admin/\(verb)", headers: .key("chief"))
        #expect(response.status == 200)
        return try response.document()
    }

    private func claim() async throws -> ClaimedJob? {
        try await api.queue.claim(by: WorkerID("fake"), models: ["fashion", "other"], for: .seconds(60))
    }

    @Test func `a pause hands out nothing, takes jobs, and ends`() async throws {
        #expect(try await steer("pause")["paused"] == .bool(true))
        #expect(try await steer("pause")["paused"] == .bool(true))
        #expect(await api.submit(#"{"class": 7}"#, headers: .key("alice")).status == 202)
        #expect(try await claim() == nil)
        #expect(try await steer("resume")["paused"] == .bool(false))
        #expect(try await claim() != nil)
    }

    @Test func `a drain begins nothing in this process, what runs goes on, and it ends`() async throws {
        #expect(await api.submit(#"{"class": 7}"#, headers: .key("alice")).status == 202)
        let running = try #require(try await claim())
        #expect(await api.submit(#"{"class": 7}"#, headers: .key("alice")).status == 202)
        let drained = try await steer("drain")
        #expect(drained["draining"] == .bool(true) && drained["paused"] == .bool(false))
        #expect(drained["running"]?["jobs"] == .integer(1) && drained["queued"]?["jobs"] == .integer(1))
        #expect(try await claim() == nil)
        try await api.complete(running, total: .milliseconds(100))
        #expect(try await api.queue.job(running.job.id).value?.job.state.status == .completed)
        #expect(try await steer("resume")["draining"] == .bool(false))
        #expect(try await claim() != nil)
    }

    @Test func `a worker that waits hears of the end of a drain`() async throws {
        _ = try await steer("drain")
        #expect(await api.submit(#"{"class": 7}"#, headers: .key("alice")).status == 202)
        let waiting = Task { try await api.claimNext() }
        _ = try await steer("resume")
        #expect(try await waiting.value.job.owner.name == "alice")
    }

    @Test func `the queue is shown by state, key and model, with the work that is left`() async throws {
        for (key, model) in [("alice", "fashion"), ("alice", "other"), ("bob", "other")] {
            let body = #"{"class": 7, "model": "\#(model)"}"#
            #expect(await api.submit(body, headers: .key(key)).status == 202)
        }
        let first = try await api.claimNext()
        try await api.complete(first, total: .seconds(1))
        _ = try await api.claimNext()
        let response = await api.send("GET", "/v1/admin/queue", headers: .key("chief"))
        let queue = try response.document()
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(queue.names == ["paused", "draining", "queued", "running", "by_key", "by_model", "processes"])
        #expect(queue["queued"]?["jobs"] == .integer(1) && queue["running"]?["jobs"] == .integer(1))
        // The completed job took a second, and the others are like it.
        #expect(queue["queued"]?["seconds"] == .integer(1))
        let keys = try #require(queue["by_key"]).elements
        #expect(keys.map { $0["key"].text } == ["alice", "bob"])
        let jobs = keys.map { [$0["queued"]?["jobs"], $0["running"]?["jobs"]] }
        #expect(jobs.flatMap { $0 }.filter { $0 == .integer(1) }.count == 2)
        #expect(try #require(queue["by_model"]).elements.map { $0["model"].text } == ["other"])
    }

    @Test func `the processes are shown, and the models that they may not run`() async throws {
        for (id, weights) in [("a", "aa"), ("b", "bb")] {
            let process = ServiceProcess(
                id: id, kind: .worker, host: "node", version: "1.2.3", workers: 2, threads: 3,
                models: ["fashion": weights, "x\(id)": "cc"])
            _ = try await api.queue.announce(process, for: .seconds(60))
        }
        let queue = try await api.send("GET", "/v1/admin/queue", headers: .key("chief")).document()
        let processes = try #require(queue["processes"]).elements
        #expect(processes.map { $0["id"].text } == ["a", "b"])
        #expect(
            processes[1].names == ["id", "kind", "host", "version", "workers", "threads", "seen_ms_ago", "models"])
        #expect(
            processes[1]["models"]?.text()
                == #"[{"name":"fashion","sha256":"bb","agreed_sha256":"aa","refused":true},"#
                + #"{"name":"xb","sha256":"cc","agreed_sha256":"cc","refused":false}]"#)
        #expect(try #require(processes[0]["models"]).elements.allSatisfy { $0["refused"] == .bool(false) })
    }

    @Test func `before anything is measured nobody knows the seconds`() async throws {
        #expect(await api.submit(#"{"class": 7}"#, headers: .key("alice")).status == 202)
        let queue = try await api.send("GET", "/v1/admin/queue", headers: .key("chief")).document()
        #expect(queue["queued"]?["seconds"] == .null)
    }

    @Test func `jobs without a key are counted as such`() async throws {
        let open = APIHarness()
        _ = try await open.submitJob()
        let trusted = Authentication(open.router, keys: nil, guests: [.admin])
        let response = await trusted.respond(to: Request(method: "GET", path: "/v1/admin/queue"))
        let rows = try #require(try response.document()["by_key"]).elements
        #expect(rows.count == 1 && rows[0]["key"] == .null)
    }
}
