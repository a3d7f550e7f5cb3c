import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

@testable import GenerationAPI

/// What listeners of a job hear. Through sockets it goes in EndToEndTests.
@Suite(.timeLimit(.minutes(1)))
struct EventTests {
    let api = APIHarness()

    private func feed(_ id: JobID, after lastSeen: String? = nil) -> JobEventFeed.Iterator {
        JobEventFeed(queue: api.queue, id: id, lastSeen: lastSeen.flatMap { EventID($0) }).makeAsyncIterator()
    }

    private func report(_ step: Int, of lease: JobLease) async throws {
        let progress = GenerationProgress(stage: .structure, step: step, steps: 5)
        _ = try await api.queue.renew([LeaseRenewal(lease, progress: progress)], for: .seconds(60))
    }

    @Test func `a listener hears places, steps, previews and the finished job`() async throws {
        let first = try await api.submitJob()
        let id = try await api.submitJob(#"{"class": 7, "previews": true}"#)
        var events = feed(id)
        var event = try #require(try await events.next())
        #expect(event.bytes == Array("event: queued\nid: 0.0\ndata: {\"position\":2,\"eta_ms\":null}\n\n".utf8))
        _ = try await api.queue.cancel(first)
        event = try #require(try await events.next())
        #expect(event.name == "queued" && event.data["position"] == .integer(1))

        let claimed = try await api.claimNext()
        try await report(2, of: claimed.lease)
        event = try #require(try await events.next())
        let progress = #"{"stage":"structure","step":2,"steps":5}"#
        #expect(event.bytes == Array("event: progress\nid: 1.2\ndata: \(progress)\n\n".utf8))
        api.queue.show(
            ImagePreview(index: 0, step: 2, steps: 5, width: 32, height: 32, png: [137, 80, 78]), of: claimed.lease)
        event = try #require(try await events.next())
        let preview = #"{"index":0,"step":2,"steps":5,"width":32,"height":32,"png":"iVBO"}"#
        #expect(event.bytes == Array("event: preview\ndata: \(preview)\n\n".utf8))
        #expect(!event.isLast)

        try await api.complete(claimed, total: .milliseconds(100))
        event = try #require(try await events.next())
        #expect(event.name == "completed" && event.id == EventID("1.end") && event.isLast)
        #expect(event.data == (try await api.send("GET", "/v1/generations/\(id)").document()))
        #expect(try await events.next() == nil)
    }

    @Test(arguments: ["completed", "failed", "cancelled", "expired"])
    func `a finished job is told at once, by the name of its end`(status: String) async throws {
        let id = try await api.submitJob(status == "expired" ? #"{"class": 7, "deadline_ms": 1}"# : #"{"class": 7}"#)
        switch status {
        case "completed": try await api.completeNext()
        case "failed": try await api.queue.fail(try await api.claimNext().lease, because: .interrupted)
        case "cancelled": _ = try await api.queue.cancel(id)
        default: _ = try await api.queue.waitUntilFinished(id, upTo: .seconds(20))
        }
        var events = feed(id)
        let event = try #require(try await events.next())
        #expect(event.name == status && event.isLast)
        #expect(event.data["status"] == .string(status))
        #expect(try await events.next() == nil)
    }

    @Test func `a listener that comes back hears what is there now, and nothing that it knows`() async throws {
        let id = try await api.submitJob()
        let claimed = try await api.claimNext()
        try await report(3, of: claimed.lease)
        var behind = feed(id, after: "1.2")
        #expect(try await behind.next()?.id == EventID("1.3"))
        var same = feed(id, after: "1.3")
        try await api.complete(claimed, total: .milliseconds(1))
        #expect(try await same.next()?.name == "completed")
    }

    @Test func `a listener that comes back after the end is told that there is no more`() async throws {
        let id = try await api.submitJob()
        try await api.completeNext()
        let path = "/v1/generations/\(id)/events"
        #expect(await api.send("GET", path, headers: [.lastEventID: "1.end"]).status == 204)
        for other in ["1.4", "2.end", "", "end", "1.", "1.x", "-1.end", "a.b.c"] {
            #expect(await api.send("GET", path, headers: [.lastEventID: other]).status == 200)
        }
    }

    @Test func `listeners of a job that will not run are told that the service stops`() async throws {
        let id = try await api.submitJob()
        var events = feed(id)
        #expect(try await events.next()?.name == "queued")
        api.queue.close()
        let event = try #require(try await events.next())
        #expect(event.name == "stopping" && event.isLast && event.data["status"] == .string("queued"))
        #expect(try await events.next() == nil)
    }

    @Test func `listeners of the running job hear its end while the service stops`() async throws {
        let id = try await api.submitJob()
        let claimed = try await api.claimNext()
        var events = feed(id)
        api.queue.close()
        try await api.complete(claimed, total: .milliseconds(1))
        #expect(try await events.next()?.name == "completed")
    }

    @Test func `listeners of a job that is deleted are told that it is gone`() async throws {
        let id = try await api.submitJob()
        var events = feed(id)
        #expect(try await events.next()?.name == "queued")
        #expect(await api.send("DELETE", "/v1/generations/\(id)").status == 204)
        let event = try #require(try await events.next())
        #expect(event.name == "gone" && event.isLast && event.data["id"] == .string("\(id)"))
        #expect(try await events.next() == nil)
    }

    @Test func `five hundred listeners all hear the end`() async throws {
        let id = try await api.submitJob()
        let last = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    var last: String?
                    for try await event in JobEventFeed(queue: api.queue, id: id, lastSeen: nil) { last = event.name }
                    return last
                }
            }
            let claimed = try await api.claimNext()
            for step in 1...5 { try await report(step, of: claimed.lease) }
            try await api.complete(claimed, total: .milliseconds(1))
            return try await group.reduce(into: [:]) { $0[$1 ?? "nothing", default: 0] += 1 }
        }
        #expect(last == ["completed": 500])
    }

    @Test func `events come as a stream that nothing may keep`() async throws {
        let id = try await api.submitJob()
        let path = "/v1/generations/\(id)/events"
        let response = await api.send("GET", path)
        #expect(response.status == 200)
        #expect(response.headers[.contentType] == "text/event-stream")
        #expect(response.headers[.cacheControl] == "no-store")
        guard case .stream(let stream) = response.body else {
            Issue.record("no stream")
            return
        }
        #expect(stream.heartbeat == Array(":\n\n".utf8) && stream.heartbeatInterval == .seconds(15))
        #expect(await api.send("GET", path, headers: [.accept: "application/json"]).status == 406)
        #expect(await api.send("GET", "/v1/generations/\(JobID())/events").status == 404)
    }
}
