internal import Glibc

/// An IPv4 or IPv6 address with a port.
@safe struct SocketAddress {
    private var storage = sockaddr_storage()

    /// - Throws: `ServerError.unknownHost`.
    init(host: String, port: UInt16) throws(ServerError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, "\(port)", &hints, &found)
        guard status == 0, let first = unsafe found else {
            throw .unknownHost(host, reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(first) }
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let count = min(Int(unsafe first.pointee.ai_addrlen), bytes.count)
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: count))
        }
    }

    /// The address as C wants it, valid during the call.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        unsafe withUnsafeBytes(of: storage) { bytes in
            // Storage of a sockaddr_storage is never empty.
            unsafe body(bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self))
        }
    }
}
