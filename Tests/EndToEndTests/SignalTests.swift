import Foundation
import Testing

@Suite("What signals do to the service", .serialized)
struct SignalTests {
    /// A job that takes minutes, and a client that waits for it.
    private static let endless =
        #"{"class":3,"sampler":{"preset":"mar-256","diffusion_steps":{"max":1000,"min":1000}},"count":16}"#

    @Test(arguments: [SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE])
    func `a signal that asks for nothing, or for files that there are none of, ends nothing`(signal: Int32) throws {
        let server = try ServedProcess(["--set", "limits.max_work=1000000000"])
        server.send(signal)
        #expect(try server.curl(["/healthz"]).status == 200)
        #expect(server.stop() == 0)
    }

    @Test func `a log that nobody reads any more ends nothing`() throws {
        let process = Process()
        let log = Pipe()
        process.executableURL = ServedProcess.binary
        process.arguments = ["serve", "--port", "0", "--set", "log.level=debug"] + ServedProcess.modelFlags
        process.standardError = log
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        var text = ""
        while text.firstMatch(of: /listening on \S+ port (\d+)/) == nil {
            let data = log.fileHandleForReading.availableData
            try #require(!data.isEmpty)
            text += String(decoding: data, as: UTF8.self)
        }
        let port = try #require(text.firstMatch(of: /listening on \S+ port (\d+)/)?.1)
        try log.fileHandleForReading.close()
        for _ in 0..<3 {
            let result = try ServedProcess.run(
                URL(filePath: "/usr/bin/env"), ["curl", "-sf", "http://127.0.0.1:\(port)/healthz"])
            #expect(result.code == 0)
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a second signal ends the service without its jobs, and tells the clients`(signal: Int32) async throws {
        let server = try ServedProcess([
            "--backend", "openblas", "--set", "drain_limit_s=3600", "--set", "limits.max_work=1000000000",
        ])
        let waiting = try WaitingClient(port: server.port, body: Self.endless)
        var isRunning = false
        for _ in 0..<300 where !isRunning {
            try await Task.sleep(for: .milliseconds(100))
            let queue = try server.curl(["/v1/capabilities"]).json["queue"] as? [String: Any]
            isRunning = queue?["running"] as? Int == 1
        }
        try #require(isRunning)
        server.send(signal)
        try await Task.sleep(for: .milliseconds(500))
        #expect(try server.curl(["/healthz"]).status == 200)
        server.send(signal)
        #expect(server.waitUntilExit() == 128 + signal)
        #expect(waiting.answer().hasPrefix("HTTP/1.1 503"))
    }

    @Test func `a client that waits for a job that has not begun is told at the first signal`() async throws {
        let server = try ServedProcess([
            "--backend", "openblas", "--set", "drain_limit_s=3600", "--set", "limits.max_work=1000000000",
        ])
        #expect(try server.post(Self.endless).status == 202)
        let waiting = try WaitingClient(port: server.port, body: #"{"class":3}"#)
        var isQueued = false
        for _ in 0..<300 where !isQueued {
            try await Task.sleep(for: .milliseconds(100))
            let queue = try server.curl(["/v1/capabilities"]).json["queue"] as? [String: Any]
            isQueued = queue?["queued"] as? Int == 1
        }
        try #require(isQueued)
        server.send(SIGTERM)
        // The running job would take minutes.
        let answer = waiting.answer()
        #expect(answer.hasPrefix("HTTP/1.1 503"))
        #expect(answer.contains("urn:underpaint:problem:not-ready"))
        #expect(answer.lowercased().contains("\r\nlocation: /v1/generations/gen_"))
        #expect(answer.lowercased().contains("\r\nretry-after: "))
        server.send(SIGTERM)
        #expect(server.waitUntilExit() == 143)
    }

    @Test func `closed standard streams are not taken by sockets`() throws {
        let script = """
            exec 9>&1
            "$0" serve --port 0 "$@" 0<&- 1>&- 2>&- 9>&- &
            for _ in {1..300}; do
                sleep 0.1
                [[ -n $(readlink /proc/$!/fd/2) && -n $(ls /proc/$!/fd | sed -n 8p) ]] && break
            done
            readlink /proc/$!/fd/{0,1,2}
            kill $! && wait $!
            """
        let result = try ServedProcess.run(
            URL(filePath: "/bin/bash"), ["-c", script, ServedProcess.binary.path] + ServedProcess.modelFlags)
        #expect(result.output == String(repeating: "/dev/null\n", count: 3))
        #expect(result.code == 0)
    }
}

/// A client that waits for its job, and holds no thread of ours meanwhile.
private struct WaitingClient {
    private let process = Process()
    private let output = Pipe()

    init(port: Int, body: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "curl", "-s", "-D", "-", "-H", "Prefer: wait=60", "-H", "Content-Type: application/json", "--data", body,
            "http://127.0.0.1:\(port)/v1/generations",
        ]
        process.standardOutput = output
        try process.run()
    }

    /// Header and body of the reply, when it has come.
    func answer() -> String {
        String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
