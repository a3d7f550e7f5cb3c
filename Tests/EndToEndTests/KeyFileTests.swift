import Foundation
import Generation
import GenerationAPI
import Testing

@testable import underpaint

@Suite("The file of keys")
struct KeyFileTests {
    private static let hash = String(repeating: "ab", count: 32)

    private func complaint(_ yaml: String) -> String {
        let error = #expect(throws: KeyFileError.self) { try KeyFile(yaml: yaml, path: "keys.yaml") }
        return error?.description ?? ""
    }

    @Test func `a key has a name, a hash and scopes, and may have a rate and a share`() throws {
        let yaml = """
            # Comments are fine.
            - {name: alice, sha256: \(Self.hash), scopes: [generate, read]}
            - name: bob
              sha256: \(String(repeating: "1", count: 64))
              scopes: [admin]
              rate: 500 GFLOP/s
              burst: 2000 GFLOP
              share: 3
            """
        let keys = try KeyFile(yaml: yaml, path: "keys.yaml").keys
        #expect(keys.map(\.name) == ["alice", "bob"])
        #expect(keys.map(\.scopes) == [[.generate, .read], [.admin]])
        #expect(keys.map(\.share) == [1, 3])
        #expect(keys.map(\.rate) == [nil, WorkRate(500, burst: 2000, in: .gflop)])
        #expect(keys[0].digest.description == Self.hash)
        #expect(try KeyFile(yaml: "[]", path: "").keys.isEmpty)
    }

    @Test(arguments: [
        ("", "must be a list"), ("name: alice", "must be a list"), ("[", "is not YAML"),
        ("- alice", "line 1: a key must be a mapping"), ("- {name: a, sha256: HASH}", "line 1: scopes must be a list"),
        ("- {sha256: HASH, scopes: [read]}", "line 1: name is missing"),
        ("- {name: a b, sha256: HASH, scopes: [read]}", "not \"a b\""),
        ("- {name: a, sha256: up_secret, scopes: [read]}", "sha256 must be the hash of the key"),
        ("- {name: a, sha256: HASH, scopes: [write]}", "there is no scope \"write\"; there are generate, read, admin"),
        ("- {name: a, sha256: HASH, scopes: []}", "scopes must be a list"),
        ("- {name: a, sha256: HASH, scopes: [read], key: x}", "a key has no \"key\""),
        ("- {name: a, sha256: HASH, scopes: [read], share: 0}", "share must be an integer 1...1000"),
        ("- {name: a, sha256: HASH, scopes: [read], rate: 5}", "rate must be"),
        ("- {name: a, sha256: HASH, scopes: [read], burst: 5 s}", "burst is of no use without rate"),
    ])
    func `a fault is named with its file and line`(yaml: String, expected: String) {
        let text = complaint(yaml.replacing("HASH", with: Self.hash))
        #expect(text.hasPrefix("the file of keys keys.yaml"))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `a name or a hash that is there twice is a fault at the second`() {
        let first = "- {name: a, sha256: \(Self.hash), scopes: [read]}\n"
        #expect(complaint(first + first).contains("keys.yaml, line 2: the name a is on line 1 already"))
        #expect(
            complaint(first + first.replacing("name: a", with: "name: b"))
                .contains("line 2: the key of \(Self.hash) is on line 1 already"))
    }

    @Test func `the line of a new key is read as that key`() throws {
        let output = try ServedProcess.run(
            ServedProcess.binary,
            [
                "key", "new", "--name", "alice", "--scopes", "admin,read", "--rate", "0.5 s/s", "--burst", "9 s",
                "--share", "4",
            ])
        let lines = output.output.split(separator: "\n").map(String.init)
        try #require(output.code == 0 && lines.count == 2)
        let key = try #require(try KeyFile(yaml: lines[1], path: "").keys.first)
        #expect(
            key
                == AccessKey(
                    name: "alice", digest: SHA256Digest(of: lines[0].utf8), scopes: [.admin, .read],
                    rate: WorkRate(0.5, burst: 9, in: .seconds), share: 4))
        #expect(!lines[1].contains(lines[0]))
    }

    @Test func `a name like a number is a name`() throws {
        let yaml = "- {name: 7, sha256: \(Self.hash), scopes: [read]}"
        #expect(try KeyFile(yaml: yaml, path: "").keys.first?.name == "7")
    }

    @Test func `a file that others may read or change is complained of`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "underpaint-keys-\(UUID()).yaml")
        try Data("[]".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        func complaint(_ mode: Int) throws -> String? {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
            return FilePermissions.complaint(about: file.path, holding: "the file of keys")
        }
        #expect(try complaint(0o600) == nil && complaint(0o640) == nil)
        #expect(try complaint(0o644)?.contains("may read it") == true)
        #expect(try complaint(0o620)?.contains("may change it") == true)
    }
}
