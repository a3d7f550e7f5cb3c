import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

/// A submission that is sent again because nobody knows whether it arrived.
struct IdempotencyTests {
    let api = APIHarness()

    private func submit(_ body: String, key: String, _ more: HTTPFields = [:]) async -> Response {
        var headers: HTTPFields = [.idempotencyKey: key]
        for field in more { headers[field.name] = field.value }
        return await api.submit(body, headers: headers)
    }

    @Test func `the same key and body are the same job, as it is by then`() async throws {
        let first = await submit(#"{"class": 7}"#, key: "a")
        let second = await submit(#"{"class": 7}"#, key: "a")
        #expect(first.status == 202 && second.status == 202)
        #expect(first.headers[.location] == second.headers[.location])
        #expect(try first.document()["settings"] == second.document()["settings"])
        #expect(try await api.queue.status().queuedJobs == 1)
        try await api.completeNext()
        let third = await submit(#"{"class": 7}"#, key: "a")
        #expect(third.status == 200)
        #expect(try third.document()["status"] == .string("completed"))
        #expect(third.headers[.location] == first.headers[.location])
    }

    @Test func `another key is another job, and so is none`() async throws {
        for key in ["a", "b", String(repeating: "~", count: 255)] {
            #expect(await submit(#"{"class": 7}"#, key: key).status == 202)
        }
        for _ in 0..<2 { #expect(await api.submit(#"{"class": 7}"#).status == 202) }
        #expect(try await api.queue.status().queuedJobs == 5)
    }

    @Test func `the same key with another body is refused, whatever became of the first`() async throws {
        _ = await submit(#"{"class": 7}"#, key: "a")
        try await api.completeNext()
        let response = await submit(#"{"class": 3}"#, key: "a")
        #expect(response.status == 422)
        let problem = try response.document()
        #expect(problem["type"] == .string("urn:underpaint:problem:idempotency-conflict"))
        #expect(problem["detail"].text.contains("\"a\""))
        // Whose job that is, is not for everybody.
        #expect(!problem.text().contains("gen_"))
        #expect(try await api.queue.status().queuedJobs == 0)
    }

    @Test func `a refused submission takes no key`() async throws {
        #expect(await submit(#"{"class": 7, "count": 0}"#, key: "a").status == 400)
        #expect(await submit(#"{"class": 7}"#, key: "a").status == 202)
    }

    @Test func `a key is free again when its job is deleted`() async throws {
        let first = await submit(#"{"class": 7}"#, key: "a")
        #expect(await api.send("DELETE", try #require(first.headers[.location])).status == 204)
        let second = await submit(#"{"class": 3}"#, key: "a")
        #expect(second.status == 202)
        #expect(second.headers[.location] != first.headers[.location])
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "schlüssel", "a\tb"])
    func `a key that is none is refused`(key: String) async throws {
        var request = Request(
            method: "POST", path: "/v1/generations", headers: [.contentType: "application/json"],
            body: Array(#"{"class": 7}"#.utf8))
        request.headers.append(HTTPField(name: .idempotencyKey, value: key))
        let response = await api.responder.respond(to: request)
        #expect(response.status == 400)
        #expect(try response.document()["detail"].text.contains("Idempotency-Key"))
    }

    @Test func `a client that leaves may come back for its image`() async throws {
        let waiting = Task { await submit(#"{"class": 7}"#, key: "a", [.accept: "image/png"]) }
        try await api.waitForJob()
        waiting.cancel()
        _ = await waiting.value
        let image = try await api.withWorker { await submit(#"{"class": 7}"#, key: "a", [.accept: "image/png"]) }
        #expect(image.status == 200)
        #expect(image.headers[.contentType] == "image/png")
    }
}
