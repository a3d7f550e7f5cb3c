import Foundation
import Glibc

/// How many cores are ours: what a container may use of the machine, not what the machine has.
enum ProcessorShare {
    /// Cores of this process, at least 1: those that it may run on, and no more than its control group has time for.
    static var current: Int {
        count(allowed: allowed ?? ProcessInfo.processInfo.activeProcessorCount) { path in
            try? String(contentsOfFile: path, encoding: .utf8)
        }
    }

    /// - Parameters:
    ///   - allowed: cores that the process may run on.
    ///   - read: the text of a file below `/proc` and `/sys`; nil: there is none.
    /// - Returns: a part of a core counts as one, as its time is there to be used.
    static func count(allowed: Int, read: (String) -> String?) -> Int {
        guard let quota = ControlGroups(read: read)?.quota(read: read) else { return max(1, allowed) }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }

    /// The process's affinity (`taskset`, a cpuset); nil if the system has more cores than the mask.
    private static var allowed: Int? {
        var set = cpu_set_t()
        guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return nil }
        return withUnsafeBytes(of: set) { bytes in bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
    }
}
