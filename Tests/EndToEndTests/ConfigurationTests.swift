import Compute
import Foundation
import Generation
import HTTPServer
import JobQueue
import Testing
import WorkerPool

@testable import underpaint

@Suite("Configuration")
struct ConfigurationTests {
    /// A YAML file in the temporary directory, gone after `body`.
    private func withFile<Result>(_ yaml: String, _ body: (String) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "underpaint-\(UUID().uuidString).yaml")
        try yaml.write(to: url, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path())
    }

    private func load(
        _ yaml: String, overrides: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> ServiceConfiguration {
        try withFile(yaml) { try ServiceConfiguration.load(file: $0, overrides: overrides, environment: environment) }
    }

    /// What `load` says is wrong, with the name of the temporary file replaced.
    private func complaint(
        _ yaml: String, overrides: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> String {
        try withFile(yaml) { path in
            let error = #expect(throws: ConfigurationError.self) {
                try ServiceConfiguration.load(file: path, overrides: overrides, environment: environment)
            }
            return (error.map { "\($0)" } ?? "").replacing(path, with: "FILE")
        }
    }

    @Test("without any source the defaults hold")
    func defaults() throws {
        let configuration = try ServiceConfiguration.load(environment: [:])
        #expect(configuration == ServiceConfiguration())
        #expect(configuration.http.host == "127.0.0.1")
        #expect(configuration.http.port == 8080)
        #expect(configuration.workers.shutdownLimit == .seconds(30))
    }

    @Test("flags beat the environment, which beats the file, which beats the defaults")
    func precedence() throws {
        let yaml = "http: {port: 1, threads: 3, host: file}\nqueue: {limit: 5}"
        let configuration = try load(
            yaml, overrides: ["http.port": "4"],
            environment: ["UNDERPAINT_HTTP_PORT": "2", "UNDERPAINT_HTTP_THREADS": "7", "HTTP_PORT": "9"])
        #expect(configuration.http.port == 4)
        #expect(configuration.http.threadCount == 7)
        #expect(configuration.http.host == "file")
        #expect(configuration.queue.queuedJobs == 5)
        #expect(configuration.api.maximumCount == 16)
    }

    @Test("every key can be set by its environment variable")
    func environment() throws {
        #expect(ConfigurationEnvironment.variable(for: "http.idle_timeout_s") == "UNDERPAINT_HTTP_IDLE_TIMEOUT_S")
        let configuration = try ServiceConfiguration.load(environment: [
            "UNDERPAINT_HTTP_IDLE_TIMEOUT_S": "5", "UNDERPAINT_COMPUTE_BACKEND": "reference",
            "UNDERPAINT_MODELS_DEFAULT": "digits", "UNDERPAINT_LOG_FORMAT": "json", "UNDERPAINT_DRAIN_LIMIT_S": "0",
        ])
        #expect(configuration.http.idleTimeout == .seconds(5))
        #expect(configuration.compute.backend == .reference)
        #expect(configuration.models.defaultName == "digits")
        #expect(configuration.log.format == .json)
        #expect(configuration.workers.shutdownLimit == .zero)
    }

    @Test("an unknown key of the file is named with its path, line and neighbours")
    func unknownKey() throws {
        #expect(
            try complaint("log:\n  level: info\n  colour: red")
                == "unknown configuration key log.colour (FILE, line 3); log has log.level, log.format")
        #expect(
            try complaint("htpp:\n  port: 1").hasPrefix(
                "unknown configuration key htpp (FILE, line 1); at the top there are http, admin, workers, store"))
    }

    @Test("an unknown variable of our prefix stops the start")
    func unknownVariable() throws {
        #expect(
            try complaint("", environment: ["UNDERPAINT_HTTP_PROT": "1"]).hasPrefix(
                "the environment variable UNDERPAINT_HTTP_PROT sets no configuration key; did you mean UNDERPAINT_HTTP_PORT?"
            ))
        #expect(
            try complaint("", environment: ["UNDERPAINT_PORT": "1"]).hasPrefix(
                "the environment variable UNDERPAINT_PORT sets no configuration key; "))
    }

    @Test("variables that Kubernetes makes for a service of our name are ignored")
    func serviceLinks() throws {
        let configuration = try ServiceConfiguration.load(environment: [
            "UNDERPAINT_PORT": "tcp://10.0.0.1:8080", "UNDERPAINT_SERVICE_HOST": "10.0.0.1",
            "UNDERPAINT_SERVICE_PORT_HTTP": "8080", "UNDERPAINT_PORT_8080_TCP_ADDR": "10.0.0.1",
        ])
        #expect(configuration == ServiceConfiguration())
    }

    @Test("an unknown flag key stops the start")
    func unknownOverride() throws {
        #expect(try complaint("", overrides: ["port": "1"]).hasPrefix("unknown configuration key port (command line)"))
    }

    @Test("a wrong value is named with key, value, range and place")
    func wrongValues() throws {
        #expect(
            try complaint("http:\n  port: 70000")
                == "http.port must be an integer 0...65535, not 70000 (FILE, line 2)")
        #expect(
            try complaint("http: {port: \"8080\"}")
                == "http.port must be an integer 0...65535, not the string \"8080\" (FILE, line 1)")
        #expect(
            try complaint("", environment: ["UNDERPAINT_WORKERS_LEASE_S": "30s"])
                == "workers.lease_s must be an integer 1...3600, in seconds, not 30s "
                + "(environment variable UNDERPAINT_WORKERS_LEASE_S)")
        #expect(
            try complaint("", overrides: ["log.format": "xml"])
                == "log.format must be one of text, json, not xml (command line)")
        #expect(
            try complaint("", environment: ["UNDERPAINT_HTTP_HOST": ""])
                == "http.host must be a non-empty string, not the empty string (environment variable UNDERPAINT_HTTP_HOST)"
        )
    }

    @Test(
        "values of another shape are refused",
        arguments: [
            "http: {port: 1.5}", "http: {port: 0x50}", "http: {port: }", "http: {port: [1]}", "http: {port: {a: 1}}",
            "http: 8080", "http: [1]", "models: {default: ~}", "models: {default: [fashion]}", "drain_limit_s: true",
            "workers: {count: -1}", "api: {max_wait_s: 99999999999999999999}",
        ])
    func otherShapes(yaml: String) throws {
        #expect(try complaint(yaml).contains(" must be "))
    }

    @Test("a bad value is refused even where a flag overrides it")
    func overriddenBadValue() throws {
        #expect(try complaint("http: {port: x}", overrides: ["http.port": "1"]).contains("not x"))
    }

    @Test("an empty file and an empty section set nothing", arguments: ["", "# nothing\n", "---\n", "http:\nlog:\n"])
    func nothingSet(yaml: String) throws {
        #expect(try load(yaml) == ServiceConfiguration())
    }

    @Test(
        "what is not a mapping in YAML is malformed",
        arguments: ["- a\n- b", "text", "http: {port: 1", "http: {port: 1}\nhttp: {port: 2}", "? [a]\n: b", "a\tb: {"])
    func malformed(yaml: String) throws {
        #expect(try complaint(yaml).hasPrefix("the configuration FILE is malformed: "))
    }

    @Test("a missing file is named")
    func missingFile() {
        let error = #expect(throws: ConfigurationError.self) {
            try ServiceConfiguration.load(file: "/nonexistent/underpaint.yaml", environment: [:])
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.hasPrefix("cannot read the configuration /nonexistent/underpaint.yaml: "))
    }

    @Test("0 is none where a limit may be missing, and the module's own term else")
    func missingLimits() throws {
        let none = try load("http: {max_connections_per_address: 0}\nlimits: {max_work: 0}\nworkers: {threads: 0}")
        #expect(none == ServiceConfiguration())
        #expect(none.http.connectionLimitPerAddress == nil && none.api.maximumWork == nil)
        let some = try load("http: {max_connections_per_address: 3}\nlimits: {max_work: 12}")
        #expect(some.http.connectionLimitPerAddress == 3 && some.api.maximumWork == Work(gflop: 12))
    }

    @Test(
        "the server stops after the workers, so that it needs little of the time to drain",
        arguments: [(0, 0), (1, 1), (30, 2)])
    func serverDrainLimit(limit: Int, expected: Int) throws {
        let configuration = try load("drain_limit_s: \(limit)")
        #expect(configuration.server.drainLimit == .seconds(expected))
    }
}
