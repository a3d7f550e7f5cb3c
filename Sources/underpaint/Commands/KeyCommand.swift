import ArgumentParser
import Foundation
import GenerationAPI
import JobQueue

/// `underpaint key`: the keys that clients show.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make keys for clients.", subcommands: [NewKeyCommand.self])
}

/// `underpaint key new`: a key for a client, and its line for the file of keys.
struct NewKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a key: prints it once, and the line for the file of keys.",
        discussion: """
            The file (http.keys) has the hash of the key, so the key cannot be had from it: keep what is printed. A running
            service reads the file again on SIGHUP.
            """)

    @Option(name: .long, help: "What the key is called in the log: A-Z a-z 0-9 - _ .")
    var name: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What it is for, with commas: \(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "scopes"))
    var scopes = "generate,read"

    @Option(name: .long, help: "How much work it may ask for: \"500 GFLOP/s\", or \"0.5 s/s\" of one worker's time.")
    var rate: String?

    @Option(name: .long, help: "How much at once: \"30000 GFLOP\" or \"30 s\"; without it a minute of the rate.")
    var burst: String?

    @Option(name: .long, help: "Turns in the queue where another key gets one.")
    var share = 1

    func run() throws {
        let text = KeyText()
        let line = try line(for: text)
        print(text)
        print(line)
        if isatty(STDOUT_FILENO) != 0 {
            let hint =
                "The first line is the key: it is not shown again. The second is for the file of keys (http.keys).\n"
            try? FileHandle.standardError.write(contentsOf: Data(hint.utf8))
        }
    }

    func line(for text: KeyText) throws -> KeyLine {
        guard AccessKey.isName(name) else {
            throw ValidationError("--name must be 1...64 of A-Z a-z 0-9 - _ . and not \"\(name)\"")
        }
        let wanted = try scopes.split(separator: ",").map { part in
            let scope = part.trimmingCharacters(in: .whitespaces)
            guard let known = AccessScope(rawValue: scope) else {
                let all = AccessScope.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no scope \"\(scope)\"; there are \(all)")
            }
            return known
        }
        guard !wanted.isEmpty else { throw ValidationError("--scopes names none") }
        guard JobOwner.shares.contains(share) else {
            throw ValidationError("--share must be \(JobOwner.shares), not \(share)")
        }
        guard rate != nil || burst == nil else { throw ValidationError("--burst is of no use without --rate") }
        let limit = try rate.map { rate in
            do {
                return try WorkRate(rate: rate, burst: burst)
            } catch {
                throw ValidationError("\(error)")
            }
        }
        let key = AccessKey(name: name, digest: text.digest, scopes: Set(wanted), rate: limit, share: share)
        return KeyLine(key: key, rate: rate, burst: burst)
    }
}
