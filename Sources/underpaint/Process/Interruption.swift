import Glibc
import Synchronization

/// Ctrl-C, for a command that wants to end in order: the first one is noted, the next one ends the process.
enum Interruption {
    private static let hasCome = Atomic(false)

    static func watch() {
        // A signal handler may do little more than this.
        signal(SIGINT) { _ in
            Interruption.hasCome.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }

    /// - Throws: `CancellationError` after the first Ctrl-C.
    static func check() throws {
        if hasCome.load(ordering: .relaxed) { throw CancellationError() }
    }
}
