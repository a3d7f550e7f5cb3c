import Foundation

/// The largest resident memory of this process, as Linux counts it.
package enum PeakMemory {
    /// `VmHWM` of `/proc/self/status`, in bytes; nil where there is no such file.
    package static var byteCount: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        return byteCount(status: status)
    }

    /// - Parameter status: lines such as `VmHWM:   12345 kB`, a kB being 1024 bytes.
    package static func byteCount(status: String) -> Int? {
        guard let match = status.firstMatch(of: /VmHWM:\s*(\d+) kB/), let kilobytes = Int(match.1) else { return nil }
        return kilobytes * 1024
    }

    /// Lets the peak start again at what is resident now. Where the kernel refuses, the peak is that of the whole
    /// process, which is never too small.
    package static func reset() {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }
}
