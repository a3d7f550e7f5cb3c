import ArgumentParser
import CRevision

/// The composition root: the only place that picks concrete types.
@main
struct Underpaint: AsyncParsableCommand {
    static let version = "0.1.0"
    /// Of the sources, as the build was told; empty if it was not.
    static let revision = String(cString: underpaint_revision())

    static let configuration = CommandConfiguration(
        commandName: "underpaint",
        abstract: "Class-conditional images from masked autoregressive models, sampled in two stages.",
        version: revision.isEmpty ? version : "\(version) (\(revision))",
        subcommands: [
            ServeCommand.self, WorkerCommand.self, MigrateCommand.self, GenerateCommand.self, VerifyCommand.self,
            ModelsCommand.self, PicturesCommand.self, ImportCommand.self, ParityCommand.self, BenchCommand.self,
            DoctorCommand.self, HealthCommand.self, ConfigCommand.self, KeyCommand.self,
        ])
}
