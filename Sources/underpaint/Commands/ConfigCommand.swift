import ArgumentParser

/// `underpaint config`: what the configuration says.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at the configuration.", subcommands: [Check.self])

    /// `underpaint config check`
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Print each key with its value and its source, and all mistakes.",
            discussion: """
                Reads the same files, environment variables and flags as serve, starts nothing. Passwords in addresses \
                are not shown. Exit code 0: sound; 1: there are mistakes, which stderr names with file and line.
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let resolved = ResolvedConfiguration(try options.sources())
            print(resolved.table)
            let mistakes = resolved.mistakes
            guard mistakes.isEmpty else {
                for mistake in mistakes { StandardStreams.writeError("\(mistake)") }
                StandardStreams.writeError(mistakes.count == 1 ? "1 mistake" : "\(mistakes.count) mistakes")
                throw ExitCode(1)
            }
            print("The configuration is sound.")
        }
    }
}
