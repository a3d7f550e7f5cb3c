import Foundation
import Testing

/// A job's events through the real binary, as any HTTP client gets them.
@Suite(.serialized)
struct EventStreamTests {
    private struct Event: Equatable {
        var name = ""
        var id: String?
        var data = ""
    }

    /// The events of a stream; comments and `retry` are no events.
    private func events(in text: String) -> [Event] {
        text.components(separatedBy: "\n\n").compactMap { block in
            var event = Event()
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { continue }
                let value = String(parts[1].drop { $0 == " " })
                switch parts[0] {
                case "event": event.name = value
                case "id": event.id = value
                case "data": event.data += value
                default: break
                }
            }
            return event.name.isEmpty ? nil : event
        }
    }

    private func json(_ event: Event) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(event.data.utf8)) as? [String: Any])
    }

    private func submit(_ body: String, to server: ServedProcess) throws -> String {
        try #require(try server.post(body).json["id"] as? String)
    }

    /// So much work that it ends by being cancelled, not by itself.
    private static let long = #""count":16,"sampler":{"preset":"mar-256","diffusion_steps":{"max":1000}}"#
    private static let anyWork = ["--set", "limits.max_work=1000000000"]

    /// curl, listening beside the test.
    private final class Listener {
        private let process = Process()
        private let file = FileManager.default.temporaryDirectory.appending(path: "underpaint-events-\(UUID())")

        init(_ server: ServedProcess, _ id: String) throws {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "curl", "-sN", "--max-time", "120", "-o", file.path,
                "http://127.0.0.1:\(server.port)/v1/generations/\(id)/events",
            ]
            try process.run()
        }

        deinit { try? FileManager.default.removeItem(at: file) }

        var text: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

        /// Returns when there was such an event.
        func wait(for name: String) throws {
            let end = Date().addingTimeInterval(60)
            while !text.contains("event: \(name)\n") {
                try #require(Date() < end && process.isRunning, "no \(name) in \(text)")
                Thread.sleep(forTimeInterval: 0.01)
            }
        }

        /// All of it.
        func finish() -> String {
            process.waitUntilExit()
            return text
        }
    }

    @Test func `a listener gets places, steps, previews that are images, and last the job`() throws {
        let server = try ServedProcess(Self.anyWork)
        let first = try submit(#"{"class":3,\#(Self.long)}"#, to: server)
        let id = try submit(#"{"class":3,"count":2,"previews":true}"#, to: server)
        let listener = try Listener(server, id)
        try listener.wait(for: "queued")
        #expect(try server.curl(["/v1/generations/\(first)/cancel", "-X", "POST"]).status == 200)
        let text = listener.finish()
        #expect(text.hasPrefix("retry: 2000\n\n"))
        let events = events(in: text)
        #expect(events.first?.name == "queued" && events.first?.id == "0.0")
        #expect(events.contains { $0.name == "preview" })
        for preview in events where preview.name == "preview" {
            let image = Data(base64Encoded: try json(preview)["png"] as? String ?? "")
            #expect(image?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
        }
        let last = try #require(events.last)
        #expect(last.name == "completed" && last.id == "1.end")
        #expect(try json(last)["id"] as? String == id)

        // Afterwards the end comes at once, and who has it is told that there is no more.
        let again = try server.curl(["/v1/generations/\(id)/events", "-H", "Accept: text/event-stream"])
        #expect(again.status == 200 && again.headers.contains("text/event-stream"))
        #expect(self.events(in: again.text) == [last])
        #expect(try server.curl(["/v1/generations/\(id)/events", "-H", "Last-Event-ID: 1.end"]).status == 204)
        #expect(try server.curl(["/v1/generations/\(id)/events", "-I"]).status == 200)
        #expect(try server.curl(["/v1/generations/\(id)", "-X", "DELETE"]).status == 204)
        #expect(try server.curl(["/v1/generations/\(id)/events"]).status == 410)
        #expect(try server.curl(["/v1/generations/gen_00000000000000000000000000/events"]).status == 404)
    }

    @Test func `a running job is cancelled by HTTP, its listeners hear it, and the worker is free`() throws {
        let server = try ServedProcess(Self.anyWork)
        let id = try submit(#"{"class":3,\#(Self.long)}"#, to: server)
        let listener = try Listener(server, id)
        try listener.wait(for: "progress")
        #expect(try server.curl(["/v1/generations/\(id)/cancel", "-X", "POST"]).status == 200)
        #expect(events(in: listener.finish()).last?.name == "cancelled")
        #expect(try server.post(#"{"class":3}"#, ["-H", "Prefer: wait=60"]).status == 200)
    }

    @Test func `listeners of a queued job are told that the service stops`() throws {
        let server = try ServedProcess(Self.anyWork)
        let running = try submit(#"{"class":3,\#(Self.long)}"#, to: server)
        let listener = try Listener(server, try submit(#"{"class":3}"#, to: server))
        try listener.wait(for: "queued")
        server.send(SIGTERM)
        #expect(events(in: listener.finish()).last?.name == "stopping")
        #expect(try server.curl(["/v1/generations/\(running)/cancel", "-X", "POST"]).status == 200)
        #expect(server.waitUntilExit() == 0)
    }
}
