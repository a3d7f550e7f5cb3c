import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A progress bar on standard error, where that is a terminal.
final class ProgressBar {
    private static let width = 40
    private let isShown: Bool
    private var lastLine = ""

    init(isShown: Bool) {
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    /// - Parameter share: 0...1.
    func show(_ share: Double, label: String) {
        let filled = Int((min(max(share, 0), 1) * Double(Self.width)).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let percent = Int(share * 100)
        write("[\(bar)] \(percent) % \(label)")
    }

    func finish() {
        write("")
    }

    private func write(_ line: String) {
        guard isShown, line != lastLine else { return }
        lastLine = line
        // Back to the start of the line, the text, and erase what a longer text left behind.
        FileHandle.standardError.write(Data("\r\(line)\u{1B}[K".utf8))
    }
}
