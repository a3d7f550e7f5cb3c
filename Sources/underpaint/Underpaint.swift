import ArgumentParser

/// The composition root: the only place that picks concrete types.
@main
struct Underpaint: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "underpaint",
        abstract: "Class-conditional images from masked autoregressive models, sampled in two stages.",
        version: version,
        subcommands: [
            ServeCommand.self, GenerateCommand.self, ModelsCommand.self, ImportCommand.self, ParityCommand.self,
            BenchCommand.self, DoctorCommand.self,
        ])
    static func main() async {
        StandardStreams.occupy()
        await main(nil)
    }
}
