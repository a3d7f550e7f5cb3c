import Generation
import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

/// The list of jobs, and taking jobs out of it.
struct ListTests {
    let api = APIHarness()

    private func list(_ query: [(name: String, value: String)]) async throws -> JSONValue {
        let response = await api.send("GET", "/v1/generations", query: query)
        #expect(response.status == 200)
        #expect(response.headers[.cacheControl] == "no-store")
        return try response.document()
    }

    private func ids(_ list: JSONValue) -> [String] { list["data"]?.elements.map { $0["id"].text } ?? [] }

    @Test func `jobs are listed newest first, in pages that follow each other`() async throws {
        var submitted: [String] = []
        for _ in 0..<25 { submitted.insert("\(try await api.submitJob())", at: 0) }
        let first = try await list([])
        #expect(first["object"] == .string("list"))
        #expect(ids(first) == Array(submitted[..<20]))
        #expect(first["data"]?.elements[0]["queue"]?["position"] == .integer(25))
        // What comes meanwhile is on no later page.
        _ = try await api.submitJob()
        let second = try await list([(name: "cursor", value: first["next_cursor"].text), (name: "limit", value: "4")])
        #expect(ids(second) == Array(submitted[20..<24]))
        let last = try await list([(name: "cursor", value: second["next_cursor"].text)])
        #expect(ids(last) == Array(submitted[24...]))
        #expect(last["next_cursor"] == .null)
    }

    @Test func `a list can be of some states`() async throws {
        let completed = try await api.submitJob()
        try await api.completeNext()
        let cancelled = try await api.submitJob()
        _ = try await api.queue.cancel(cancelled)
        let queued = try await api.submitJob()
        #expect(ids(try await list([(name: "status", value: "queued")])) == ["\(queued)"])
        #expect(
            ids(try await list([(name: "status", value: "completed,cancelled")])) == ["\(cancelled)", "\(completed)"])
        #expect(ids(try await list([(name: "status", value: "expired")])) == [])
    }

    @Test(arguments: [
        ("status", "done"), ("status", ""), ("status", "queued,"), ("limit", "0"), ("limit", "101"), ("limit", "-1"),
        ("limit", "ten"), ("limit", "+5"), ("limit", ""), ("limit", "99999999999999999999"), ("cursor", "0"),
        ("cursor", "next"), ("offset", "20"),
    ])
    func `a parameter that makes no sense is refused by its name`(name: String, value: String) async throws {
        let response = await api.send("GET", "/v1/generations", query: [(name: name, value: value)])
        #expect(response.status == 400)
        #expect(try response.pointers() == ["/\(name)"])
    }

    @Test func `a parameter that is given twice is refused`() async throws {
        let response = await api.send(
            "GET", "/v1/generations", query: [(name: "limit", value: "5"), (name: "limit", value: "6")])
        #expect(response.status == 400)
        #expect(try response.pointers() == ["/limit"])
    }

    @Test func `a deleted job is gone with its images, and who waits for it is told`() async throws {
        let completed = try await api.submitJob()
        try await api.completeNext()
        let queued = try await api.submitJob()
        let waiting = Task { await api.send("GET", "/v1/generations/\(queued)", headers: [.prefer: "wait=60"]) }
        for id in [completed, queued] {
            let response = await api.send("DELETE", "/v1/generations/\(id)")
            #expect(response.status == 204)
            #expect(response.body.bytes == [])
            for path in ["", "/images/0", "/events"] {
                #expect(await api.send("GET", "/v1/generations/\(id)\(path)").status == 410)
            }
            #expect(await api.send("DELETE", "/v1/generations/\(id)").status == 410)
        }
        #expect(await waiting.value.status == 410)
        #expect(ids(try await list([])) == [])
        #expect(await api.send("DELETE", "/v1/generations/\(JobID())").status == 404)
    }

    @Test func `a worker whose job is deleted has lost it`() async throws {
        let id = try await api.submitJob()
        let claimed = try await api.claimNext()
        #expect(await api.send("DELETE", "/v1/generations/\(id)").status == 204)
        await #expect(throws: JobStoreError.leaseLost(claimed.lease)) {
            try await api.complete(claimed, total: .milliseconds(1))
        }
    }
}
