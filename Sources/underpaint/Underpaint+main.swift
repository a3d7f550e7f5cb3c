import ArgumentParser
import Foundation
import Glibc
import HTTPServer

extension Underpaint {
    static func main() async {
        StandardStreams.occupy()
        let command: any ParsableCommand
        do {
            command = try await asyncParseAsRoot()
        } catch {
            exit(withError: error)
        }
        do {
            try await run(command)
            // What is printed may wait in a buffer until here.
            guard fflush(nil) == 0 else { throw FileFault("cannot write the output", code: errno) }
        } catch let fault as ValidationError {
            // The library would send the reader to the help of the whole program.
            let name = path(to: type(of: command)).joined(separator: " ")
            fail("\(fault.message)\nSee '\(name) --help' for what there is.", code: .validationFailure)
        } catch let error as ServerError {
            fail(error.description + advice(on: error), code: .failure)
        } catch {
            guard let fault = FileFault(unexplained: error) else { exit(withError: error) }
            fail("\(fault)", code: .failure)
        }
    }

    private static func run(_ command: any ParsableCommand) async throws {
        var command = command
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    private static func fail(_ message: String, code: ExitCode) -> Never {
        try? FileHandle.standardError.write(contentsOf: Data("Error: \(message)\n".utf8))
        exit(withError: code)
    }

    private static func advice(on error: ServerError) -> String {
        switch error {
        case .cannotListen, .unknownHost:
            "\n--host and --port (http.host, http.port) take others; port 0 is any free one."
        default: ""
        }
    }

    /// The names by which a user reaches a command, from the program's on.
    private static func path(to command: any ParsableCommand.Type) -> [String] {
        func search(_ type: any ParsableCommand.Type, _ path: [String]) -> [String]? {
            let path = path + [type.configuration.commandName ?? "\(type)"]
            if type == command { return path }
            for next in type.configuration.subcommands {
                if let found = search(next, path) { return found }
            }
            return nil
        }
        return search(Underpaint.self, []) ?? ["underpaint"]
    }
}
