import Foundation
import Generation
import Glibc

/// A line on standard error that says how far a long work is, where that is a terminal.
final class ProgressBar {
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var lastLine = ""

    init(isShown: Bool) {
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    /// - Parameters:
    ///   - share: 0...1.
    ///   - item: which of many, `image 2 of 4`.
    func show(_ share: Double, label: String, item: String? = nil) {
        guard isShown else { return }
        let line = ProgressLine(share: share, label: label, item: item, timeLeft: timeLeft(after: share))
        write(line.text(columns: Self.columns))
    }

    /// Takes the line away, to write something else in its place.
    func finish() { write("") }

    /// What is left at the same pace; nil while nobody can tell.
    private func timeLeft(after share: Double) -> Duration? {
        let taken = ContinuousClock.now - start
        guard taken >= .milliseconds(500), (0.01..<1).contains(share) else { return nil }
        return taken * ((1 - share) / share)
    }

    private func write(_ line: String) {
        guard isShown, line != lastLine else { return }
        lastLine = line
        // Back to the start of the line, the text, and erase what a longer text left behind. A terminal that is gone is
        // no reason to stop the work.
        try? FileHandle.standardError.write(contentsOf: Data("\r\(line)\u{1B}[K".utf8))
    }

    /// Width of the terminal, which may change at any time.
    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
