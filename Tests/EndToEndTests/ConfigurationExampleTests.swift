import Foundation
import RepositoryFiles
import Testing

@testable import underpaint

@Suite("config/underpaint.yaml")
struct ConfigurationExampleTests {
    private static let path = RepositoryFiles.root.appending(path: "config/underpaint.yaml").path

    @Test("it holds every key once, in the order of the code, and no other")
    func keys() throws {
        #expect(try ConfigurationFile(path: Self.path).values.map(\.path) == ConfigurationKey.all.map(\.path))
    }

    @Test("its values are the defaults")
    func defaults() throws {
        #expect(try ServiceConfiguration.load(file: Self.path, environment: [:]) == ServiceConfiguration())
    }

    @Test("the comment above each key says type, range and default")
    func comments() throws {
        let lines = try String(contentsOfFile: Self.path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let expectations = ConfigurationKey.all.reduce(into: [:]) { $0[$1.path] = $1.expectation }
        for value in try ConfigurationFile(path: Self.path).values {
            guard case .file(_, let line) = value.origin, case .text(let text) = value.content else {
                Issue.record("\(value.path) is not plain text of the file")
                continue
            }
            let comment = lines[..<(line - 1)].reversed()
                .prefix { $0.drop { $0 == " " }.hasPrefix("#") }
                .reversed()
                .map { $0.drop { $0 == " " || $0 == "#" } }
                .joined(separator: " ")
            let expectation = try #require(expectations[value.path])
            #expect(comment.contains(": \(expectation)."), "\(value.path): \(comment)")
            #expect(comment.hasSuffix("Default: \(text)."), "\(value.path): \(comment)")
        }
    }
}
