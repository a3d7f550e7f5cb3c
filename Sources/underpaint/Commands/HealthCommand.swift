import ArgumentParser
import Foundation

/// `underpaint health`: whether a running service is well, for health checks in places without curl.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running service whether it is well.",
        discussion: """
            Without --url the address comes from the same configuration that the service was started with. Exit code 0: \
            it answered, and well; 1: it did not.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Address of the service: http://127.0.0.1:8080. A path in it is asked as it is.")
    var url: String?

    @Flag(name: .long, help: "Whether it takes jobs (/readyz), not only whether it lives (/healthz).")
    var ready = false

    @Option(name: .long, help: "Seconds to wait for the whole answer.")
    var timeout = 2

    func validate() throws {
        guard (1...3600).contains(timeout) else {
            throw ValidationError("--timeout must be an integer 1...3600, not \(timeout)")
        }
    }

    func run() throws {
        let probe: HealthProbe
        let path = ready ? "/readyz" : "/healthz"
        if let url {
            probe = try HealthProbe(url: url, path: path, timeout: .seconds(timeout))
        } else {
            probe = try HealthProbe(try options.load(), path: path, timeout: .seconds(timeout))
        }
        do {
            try probe.ask()
        } catch {
            StandardStreams.writeError("\(error)")
            throw ExitCode(1)
        }
        print("\(probe) is well")
    }
}
