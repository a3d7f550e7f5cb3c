/// How far a long work is, as one line of a terminal.
struct ProgressLine {
    /// Done, 0...1.
    let share: Double
    /// What is done at the moment.
    let label: String
    /// Which of many, `image 2 of 4`; nil: there is one.
    var item: String?
    /// Until the end; nil: not known.
    var timeLeft: Duration?

    private static let widestBar = 40
    private static let narrowestBar = 8

    /// - Parameter columns: of the terminal. The text takes one less at most, so that no terminal begins another line.
    func text(columns: Int) -> String {
        let share = min(max(share, 0), 1)
        let percent = "\(Int(share * 100)) %"
        let time = timeLeft.map { "\(Self.text(of: $0)) left" }
        // The same for the same terminal, whatever stands behind it.
        let bar = min(max(columns / 3, Self.narrowestBar), Self.widestBar)
        let filled = Int((share * Double(bar)).rounded(.down))
        let drawn = "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: bar - filled))] "
        // What is said first goes last where there is no room.
        for parts in [[percent, item, time, label], [percent, item, time], [percent, time], [percent]] {
            let line = drawn + parts.compactMap(\.self).joined(separator: "  ")
            if line.count < columns { return line }
        }
        return String(percent.prefix(max(0, columns - 1)))
    }

    /// `8 s`, `3 min 20 s`, `2 h 5 min`.
    private static func text(of time: Duration) -> String {
        let seconds = Int((time / .seconds(1)).rounded(.up))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }
}
