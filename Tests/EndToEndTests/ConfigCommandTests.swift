import Foundation
import RepositoryFiles
import Testing

@testable import underpaint

@Suite("underpaint config check")
struct ConfigCommandTests {
    private func check(
        _ yaml: String..., environment: [String: String] = [:], overrides: [String: String] = [:]
    ) throws -> ResolvedConfiguration {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try yaml.enumerated().map { number, text in
            let file = folder.appending(path: "\(number).yaml")
            try text.write(to: file, atomically: true, encoding: .utf8)
            return file.path()
        }
        return ResolvedConfiguration(
            ConfigurationSources(files: files, overrides: overrides, environment: environment))
    }

    private func words(_ resolved: ResolvedConfiguration, _ path: String) -> [String] {
        resolved.table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            .first { $0.first == path } ?? []
    }

    @Test func `each key stands once, with its value and its source`() throws {
        let resolved = try check(
            "http:\n  port: 1\n  host: first\nlog: {level: debug}", "http:\n  port: 2",
            environment: ["UNDERPAINT_LOG_LEVEL": "error"], overrides: ["workers.threads": "3"])
        #expect(resolved.mistakes.isEmpty)
        #expect(
            resolved.table.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
                == ConfigurationKey.all.map(\.path))
        #expect(words(resolved, "http.port").dropFirst().first == "2")
        #expect(resolved.table.contains("1.yaml, line 2"))
        #expect(words(resolved, "http.host").dropFirst().first == "first", "of the first file")
        #expect(
            Array(words(resolved, "log.level").dropFirst()) == [
                "error", "environment", "variable", "UNDERPAINT_LOG_LEVEL",
            ])
        #expect(Array(words(resolved, "workers.threads").dropFirst()) == ["3", "command", "line"])
        #expect(Array(words(resolved, "queue.limit").dropFirst()) == ["64", "default"])
    }

    @Test func `the values that it prints make the same configuration again`() throws {
        let resolved = try check(
            "limits: {max_work: 12}\ncompute: {backend: openblas, precision: fp32}\nlog: {format: json}\ndrain_limit_s: 7\n"
                + "http: {open: true, keys: /k, allowed_hosts: 'a.example, [::1]:80', allowed_origins: https://b.example}\n"
                + "admin: {port: 9}"
        )
        var texts: [String: String] = [:]
        for key in ConfigurationKey.all { texts[key.path] = key.text(in: resolved.configuration) }
        // An empty text is what a key says that has no value; nobody can give it.
        #expect(
            try ServiceConfiguration.load(overrides: texts.filter { !$0.value.isEmpty }, environment: [:])
                == resolved.configuration)
    }

    @Test func `addresses are shown without their passwords`() throws {
        let resolved = try check(
            "store:\n  database: postgres://paint:secret@a/jobs\n  listen: postgres://paint:secret@b/jobs?password=secret"
        )
        #expect(resolved.mistakes.isEmpty)
        #expect(resolved.configuration.store.listenAddress == "postgres://paint:secret@b/jobs?password=secret")
        #expect(words(resolved, "store.database").dropFirst().first == "postgres://paint:***@a/jobs")
        #expect(words(resolved, "store.listen").dropFirst().first == "postgres://paint:***@b/jobs?password=***")
        #expect(!resolved.table.contains("secret"))
        #expect(try check("store: {listen: none}").configuration.store.listenAddress == nil)
        #expect(try check("store: {listen: /run/file}").mistakes.count == 1)
    }

    @Test func `all mistakes are named, with file and line`() throws {
        let resolved = try check("http:\n  port: x\n  prot: 1\nlog: {level: loud}", environment: ["UNDERPAINT_X": "1"])
        #expect(resolved.mistakes.count == 4)
        let texts = resolved.mistakes.map { "\($0)" }
        #expect(texts[0].contains("http.port must be an integer") && texts[0].contains("0.yaml, line 2"))
        #expect(texts[1].contains("http.prot") && texts[1].contains("line 3"))
        #expect(texts[2].contains("log.level must be one of") && texts[2].contains("line 4"))
        #expect(texts[3].contains("UNDERPAINT_X"))
    }

    @Test func `the environment names files, the later one wins`() {
        #expect(ConfigurationEnvironment.files(["UNDERPAINT_CONFIG": "/a.yaml:/b.yaml"]) == ["/a.yaml", "/b.yaml"])
        #expect(ConfigurationEnvironment.files([:]).isEmpty)
        #expect(ConfigurationEnvironment(["UNDERPAINT_CONFIG": "/a.yaml"]).values.isEmpty)
    }

    @Test(arguments: ["underpaint", "local", "production", "cluster", "container"])
    func `each example is sound`(name: String) throws {
        let file = RepositoryFiles.root.appending(path: "config/\(name).yaml").path
        let result = try ServedProcess.run(ServedProcess.binary, ["config", "check", "--config", file])
        #expect(result.code == 0, "\(result.error)")
        #expect(result.output.hasSuffix("The configuration is sound.\n"))
    }

    @Test func `mistakes are told on stderr, and by the exit code`() throws {
        let result = try ServedProcess.run(
            ServedProcess.binary, ["config", "check", "--set", "http.port=x", "--set", "no.key=1"])
        #expect(result.code == 1)
        #expect(result.error.hasSuffix("2 mistakes\n") && result.error.contains("http.port must be"))
    }
}
