import FoundationEssentials
import Generation
import JobQueue

extension Problem {
    /// A request that is more work than one job may be, with the numbers in GFLOP, and in seconds of this machine once
    /// its speed is measured.
    init(tooMuch work: Work, limit: Work, model: String, _ status: QueueStatus) {
        func text(_ work: Work) -> String {
            let gflop = Self.rounded(work.gflop)
            guard let time = status.estimatedTime(of: work) else { return "\(gflop) GFLOP" }
            return "\(gflop) GFLOP, about \(Self.rounded(time.seconds)) s on this machine"
        }
        self.init(
            .tooMuchWork,
            "the request is \(text(work)); a job of \(model) may be \(text(limit)) (limits.max_work): "
                + "ask for fewer images or steps")
    }

    /// Whole where that says enough.
    private static func rounded(_ value: Double) -> String {
        value >= 10 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
    }
}
