import ArgumentParser

@main
struct Underpaint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "underpaint")
}
