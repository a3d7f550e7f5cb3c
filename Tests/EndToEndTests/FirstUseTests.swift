import Foundation
import Testing

@testable import underpaint

@Suite("What the command line tells a new user", .serialized)
struct FirstUseTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-first-\(UUID())")

    private func run(
        _ arguments: [String], environment: [String: String] = [:], models: Bool = true
    ) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(
            URL(filePath: "/usr/bin/env"),
            environment.map { "\($0)=\($1)" } + [ServedProcess.binary.path] + arguments
                + (models ? ServedProcess.modelFlags : []))
    }

    private func generate(_ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        defer { try? FileManager.default.removeItem(at: folder) }
        return try run(["generate", "--class", "class 3", "-o", folder.path] + arguments)
    }

    @Test func `generate says where each image is`() throws {
        let result = try generate(["--seed", "7", "--count", "5"])
        #expect(result.code == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.prefix(5).elementsEqual((7..<12).map { "\(folder.path)/class-3-\($0).png" }, by: ==))
        #expect(lines.last?.hasPrefix("5 images in \(folder.path), ") == true)
        // Not a terminal: no progress.
        #expect(result.error.isEmpty)
    }

    @Test func `Ctrl-C keeps the images that are done, and says how many`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        let (output, error) = (Pipe(), Pipe())
        process.executableURL = ServedProcess.binary
        process.arguments =
            ["generate", "--class", "3", "--count", "100000", "-o", folder.path] + ServedProcess.modelFlags
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        (process.standardOutput, process.standardError) = (output, error)
        try process.run()
        // The first path: an image is there.
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        process.interrupt()
        let rest = output.fileHandleForReading.readDataToEndOfFile()
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!files.isEmpty && files.allSatisfy { $0.hasSuffix(".png") })
        #expect(text == "stopped: \(files.count) of 100000 images are in \(folder.path)\n")
        #expect(rest.count < 10_000_000)
    }

    @Test(arguments: [
        (["-o", ""], "--output takes a folder"), (["--seed", "-1"], "--seed: must be 0...9007199254740991, not -1"),
        (["--count", "-2"], "--count: must be 1...100000, not -2"),
        (["--guidance", "-3"], "--guidance: must be 0...20, not -3"),
        (["--sampler", "gtr16"], "--sampler: unknown preset \"gtr16\"; did you mean gtr-16?"),
        (["--model", "tinny"], "there is no model \"tinny\" in "), (["--model", "tinny"], "; did you mean tiny?"),
        (["--steps", "99,1,1"], "--steps: must be 1...16"),
        (["--diffusion-steps", "1"], "--diffusion-steps: must be 2...1000, not 1"),
    ])
    func `generate refuses in the flags' names, and says where its help is`(flags: [String], message: String) throws {
        let result = try generate(flags)
        #expect(result.code == 64 && result.output.isEmpty)
        #expect(result.error.contains(message), "\(result.error)")
        #expect(result.error.contains("See 'underpaint generate --help'"))
    }

    @Test(arguments: [
        (["-o", "/dev/full"], "Error: cannot make the folder /dev/full: there is a file of this name"),
        (["-o", "/dev/full/x"], "Error: cannot make the folder /dev/full/x: there is a file"),
        (["--config", "/tmp"], "Error: cannot read the configuration /tmp: it is a folder, not a file"),
        (["--config", "/nowhere"], "Error: cannot read the configuration /nowhere: there is no such file or folder"),
    ])
    func `what is wrong with a file is said in plain words`(flags: [String], message: String) throws {
        let result = try generate(["--seed", "1"] + flags)
        #expect(result.code == 1)
        #expect(result.error.hasPrefix(message), "\(result.error)")
        #expect(!result.error.contains("NSCocoaErrorDomain"))
    }

    @Test func `an error of the system that nobody put into words is put into words`() {
        let cause = NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC))
        let error = NSError(
            domain: NSCocoaErrorDomain, code: 512,
            userInfo: [NSFilePathErrorKey: "out/a.png", NSUnderlyingErrorKey: cause])
        #expect(FileFault(unexplained: error)?.description == "cannot use out/a.png: the disk is full")
        let refused = NSError(domain: NSCocoaErrorDomain, code: 513, userInfo: [NSURLErrorKey: URL(filePath: "/x/y")])
        #expect(FileFault(unexplained: refused)?.description == "cannot use /x/y: you have no permission")
        #expect(FileFault(unexplained: CancellationError()) == nil)
    }

    @Test func `output that cannot be written is an error`() throws {
        let command =
            "'\(ServedProcess.binary.path)' models --models '\(ServedProcess.modelFlags[1])' --set models.default=tiny"
        let result = try ServedProcess.run(URL(filePath: "/bin/sh"), ["-c", "\(command) >/dev/full"])
        #expect(result.code == 1 && result.error == "Error: cannot write the output: the disk is full\n")
    }

    @Test func `models shows one model, or all as JSON`() throws {
        let one = try run(["models", "tiny"])
        #expect(one.code == 0 && one.output.hasPrefix("tiny: "))
        let unknown = try run(["models", "tinny"])
        #expect(unknown.code == 64 && unknown.error.contains("did you mean tiny?"))
        #expect(unknown.error.contains("See 'underpaint models --help'"))
        let json = try run(["models", "--json"])
        let document = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let models = try #require(document["models"] as? [[String: Any]])
        #expect(models.map { $0["id"] as? String } == ["tiny"])
        #expect((models.first?["classes"] as? [[String: Any]])?.isEmpty == false)
    }

    @Test(arguments: [
        ("UNDERPAINT_HTTP_PROT", "did you mean UNDERPAINT_HTTP_PORT? http has http.host, http.port, "),
        ("UNDERPAINT_LOG_LEVL", "did you mean UNDERPAINT_LOG_LEVEL? log has log.level, log.format"),
        ("UNDERPAINT_NONSENSE", "at the top there are http, workers, queue"),
    ])
    func `a misspelled environment variable is answered with the nearest, and with its section`(
        variable: String, hint: String
    ) throws {
        let result = try run(["models"], environment: [variable: "1"])
        #expect(result.code == 1)
        #expect(result.error.contains("the environment variable \(variable) sets no configuration key; "))
        #expect(result.error.contains(hint), "\(result.error)")
    }

    @Test func `a port that is taken is named with what to do, and the log has an address to open`() throws {
        let server = try ServedProcess()
        #expect(try server.logText().contains("port \(server.port): http://127.0.0.1:\(server.port)/\n"))
        let second = try run(["serve", "--database", "memory", "--port", "\(server.port)"])
        #expect(second.code == 1)
        #expect(
            second.error.contains(
                "Error: cannot listen on 127.0.0.1 port \(server.port): it is in use by another program"))
        #expect(second.error.contains("--host and --port (http.host, http.port) take others; port 0 is any free one."))
    }

    @Test func `one connection is few, and enough`() throws {
        let server = try ServedProcess(["--set", "http.max_connections=1"])
        #expect(try server.curl(["/healthz"]).status == 200)
    }
}
