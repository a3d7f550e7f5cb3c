import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging
import Testing

@testable import GenerationAPI

/// Jobs belong to the key that brought them.
struct KeyOwnerTests {
    private let api = APIHarness(
        keys: KeyRing([.example("alice"), .example("bob"), .example("chief", [.generate, .read, .admin])]))

    private func submit(as key: String, _ more: HTTPFields = [:]) async throws -> JobID {
        var headers = HTTPFields.key(key)
        for field in more { headers.append(field) }
        let response = await api.submit(#"{"class": 7, "seed": 1}"#, headers: headers)
        #expect(response.status == 202)
        return try #require(JobID(try response.document()["id"].text))
    }

    private static let operations = [
        ("GET", ""), ("GET", "/images/0"), ("GET", "/events"), ("POST", "/cancel"), ("DELETE", ""),
    ]

    @Test func `for another key a job is not there, whatever is asked of it`() async throws {
        let id = try await submit(as: "alice")
        try await api.completeNext()
        for (method, suffix) in Self.operations {
            let other = await api.send(method, "/v1/generations/\(id)\(suffix)", headers: .key("bob"))
            let unknown = await api.send(method, "/v1/generations/\(JobID())\(suffix)", headers: .key("bob"))
            #expect(other.status == 404 && unknown.status == 404)
            // And nothing tells it from one that never was.
            let (detail, usual) = (try other.document()["detail"].text, try unknown.document()["detail"].text)
            #expect(
                detail.replacing(/gen_[A-Za-z0-9_-]+/, with: "ID") == usual.replacing(/gen_[A-Za-z0-9_-]+/, with: "ID"))
        }
        #expect(await api.send("GET", "/v1/generations/\(id)/images/0", headers: .key("alice")).status == 200)
    }

    @Test func `another key cancels and deletes nothing`() async throws {
        let id = try await submit(as: "alice")
        _ = await api.send("POST", "/v1/generations/\(id)/cancel", headers: .key("bob"))
        _ = await api.send("DELETE", "/v1/generations/\(id)", headers: .key("bob"))
        #expect(try await api.queue.job(id).value?.job.state == .queued)
    }

    @Test func `the list of a key has its own jobs, that of an admin those of all`() async throws {
        let (first, second) = (try await submit(as: "alice"), try await submit(as: "bob"))
        func list(_ key: String) async throws -> [String] {
            try await api.send("GET", "/v1/generations", headers: .key(key)).document()["data"]?.elements.map {
                $0["id"].text
            } ?? []
        }
        #expect(try await list("alice") == ["\(first)"])
        #expect(try await list("bob") == ["\(second)"])
        #expect(try await list("chief") == ["\(second)", "\(first)"])
    }

    @Test func `an admin sees and cancels any job`() async throws {
        let id = try await submit(as: "alice")
        #expect(await api.send("GET", "/v1/generations/\(id)", headers: .key("chief")).status == 200)
        #expect(await api.send("POST", "/v1/generations/\(id)/cancel", headers: .key("chief")).status == 200)
    }

    @Test func `idempotency keys of two keys are two`() async throws {
        let order: HTTPFields = [.idempotencyKey: "order-1"]
        let first = try await submit(as: "alice", order)
        #expect(try await submit(as: "alice", order) == first)
        #expect(try await submit(as: "bob", order) != first)
    }

    @Test func `a job's line in the log names its key`() async throws {
        _ = try await submit(as: "alice")
        #expect(try await api.claimNext().job.logMetadata["key"] == "alice")
    }

    @Test func `a key with many jobs delays another's single one by one job`() async throws {
        for _ in 0..<40 { _ = try await submit(as: "alice") }
        _ = try await api.claimNext()
        let single = try await submit(as: "bob")
        // With one worker: what runs, then at most one of the many.
        var turns: [JobID] = []
        for _ in 0..<2 { turns.append(try await api.claimNext().job.id) }
        #expect(turns.contains(single))
        let place = try await api.send("GET", "/v1/generations", headers: .key("alice")).document()["data"]?.elements
        #expect(place?.count == 20)
    }

    @Test func `a key with a larger share gets more turns`() async throws {
        let api = APIHarness(keys: KeyRing([.example("large", share: 3), .example("small")]))
        for key in ["large", "small"] {
            for _ in 0..<12 {
                #expect(await api.submit(#"{"class": 7}"#, headers: .key(key)).status == 202)
            }
        }
        var turns: [String] = []
        for _ in 0..<8 { turns.append(try await api.claimNext().job.owner.name) }
        #expect(turns.count { $0 == "large" } == 6)
    }
}
