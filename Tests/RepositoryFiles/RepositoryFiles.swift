package import Foundation

/// The files of the repository that tests read.
package enum RepositoryFiles {
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static let fixtures = root.appending(path: "Tests/Fixtures")

    /// The directory of a small model with random weights, and of the trace that a reference recorded with it.
    package static let tiny = fixtures.appending(path: "tiny").path

    /// - Parameter path: from the root: `docs/api.md`.
    package static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
