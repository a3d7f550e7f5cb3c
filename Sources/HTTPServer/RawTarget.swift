internal import Glibc

/// The request target as it came, before libmicrohttpd has decoded it in place.
@safe struct RawTarget {
    let bytes: [UInt8]
    /// Where it stood in the connection's buffer: a name to compare with, not to be read.
    let position: UnsafePointer<CChar>?

    init(_ text: UnsafePointer<CChar>?) {
        unsafe position = unsafe text
        bytes = unsafe text.map { unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
    }
}

// The pointer is compared, on the connection's thread, and never read through.
extension RawTarget: @unchecked Sendable {}
