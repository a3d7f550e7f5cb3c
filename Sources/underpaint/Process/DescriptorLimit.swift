import Glibc

/// How many files and sockets the process may have open.
enum DescriptorLimit {
    /// What is open beside the connections: event loops, the log, models while they are read.
    private static let reserve = 64

    /// Raises the soft limit to the hard one.
    /// - Returns: connections that the limit leaves room for, at least 1; nil if nobody knows.
    static func raise() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        var raised = limit
        raised.rlim_cur = raised.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        return max(1, Int(clamping: limit.rlim_cur) - reserve)
    }
}
