import Foundation

/// How many cores are ours: what a container may use of the machine, not what the machine has.
enum ProcessorShare {
    /// Cores of this process, at least 1: those that it may run on, and no more than its control group has time for.
    static var current: Int {
        count(machine: ProcessInfo.processInfo.activeProcessorCount) { path in
            try? String(contentsOfFile: path, encoding: .utf8)
        }
    }

    /// - Parameters:
    ///   - machine: cores of the whole machine.
    ///   - read: the text of a file below `/proc` and `/sys`; nil: there is none.
    /// - Returns: a part of a core counts as one, as its time is there to be used.
    static func count(machine: Int, read: (String) -> String?) -> Int {
        let allowed = min(machine, read("/proc/self/status").flatMap(allowedCores) ?? machine)
        guard let quota = ControlGroups(read: read)?.quota(read: read) else { return max(1, allowed) }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }

    /// The process's affinity (`taskset`, a cpuset), as `/proc/self/status` says it: `Cpus_allowed_list: 0-3,8`.
    private static func allowedCores(_ status: String) -> Int? {
        guard let list = status.firstMatch(of: /Cpus_allowed_list:\s*([0-9,\-]+)/)?.1 else { return nil }
        return list.split(separator: ",").reduce(0) { count, range in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, last >= first else { return count }
            return count + last - first + 1
        }
    }
}
