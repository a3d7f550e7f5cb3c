import Foundation
import RepositoryFiles
import Testing

@Suite("underpaint verify and pictures", .serialized)
struct VerifyCommandTests {
    private let models: TemporaryModels

    init() throws { models = try TemporaryModels(["a"]) }

    private var flags: [String] { ["--models", models.path, "--set", "models.default=a"] }

    private func run(_ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(ServedProcess.binary, arguments + flags)
    }

    /// Files of images of seeds 7 and 8.
    private func images() throws -> [String] {
        let folder = models.folder.appending(path: "out").path
        let result = try run(["generate", "--class", "3", "--seed", "7", "-n", "2", "-o", folder])
        #expect(result.code == 0, "\(result.error)")
        return ["\(folder)/class-3-7.png", "\(folder)/class-3-8.png"]
    }

    @Test func `images of one job are each identical to what is made again`() throws {
        let result = try run(["verify"] + images())
        #expect(result.code == 0, "\(result.error)")
        #expect(
            result.output.split(separator: "\n").map { $0.suffix(10) }
                == [": identical", ": identical"].map { $0.suffix(10) })
    }

    @Test func `one file that is not the same makes the exit code 1, and the others are looked at`() throws {
        let files = try images()
        var damaged = try Data(contentsOf: URL(filePath: files[0]))
        damaged[damaged.count - 20] ^= 1
        let bad = models.folder.appending(path: "bad.png")
        try damaged.write(to: bad)
        let result = try run(["verify", "--json", bad.path, files[1], "/nowhere.png"])
        #expect(result.code == 1)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].contains("damaged") && lines[1].contains(#""identical":true"#))
    }

    @Test func `the service verifies its own image, and one from the command line`() throws {
        let server = try ServedProcess(flags)
        let reply = try server.post(#"{"class":3,"seed":7}"#, ["-H", "Accept: image/png"])
        let file = models.folder.appending(path: "served.png")
        try reply.body.write(to: file)
        for path in [file.path, try images()[0]] {
            let result = try server.curl([
                "/v1/images/verify", "-H", "Content-Type: image/png", "--data-binary", "@\(path)",
            ])
            #expect(result.status == 200)
            #expect(try result.json["identical"] as? Bool == true, "\(result.text)")
        }
    }

    @Test func `pictures are painted once, and then served`() throws {
        #expect(try run(["pictures"]).code == 0)
        let server = try ServedProcess(flags)
        let model = try server.curl(["/v1/models/a"]).json
        let pictures = try #require(model["pictures"] as? [String: Any])
        let reply = try server.curl([try #require(pictures["url"] as? String)])
        #expect(reply.status == 200 && reply.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        try Data("nothing".utf8).write(to: models.folder.appending(path: "a/classes.png"))
        let result = try run(["models"])
        #expect(result.code != 0 && result.error.contains("classes.png"))
    }
}
