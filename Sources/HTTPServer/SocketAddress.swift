internal import CMicroHTTPD
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

    /// What the system says against listening here; nil if it has nothing against it any more. libmicrohttpd tells neither
    /// the reason nor the port.
    func reasonNotToListen() -> String? {
        let (family, byteCount) =
            storage.ss_family == sa_family_t(AF_INET6)
            ? (AF_INET6, MemoryLayout<sockaddr_in6>.size) : (AF_INET, MemoryLayout<sockaddr_in>.size)
        let socket = Glibc.socket(family, CInt(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return Self.words(for: errno) }
        defer { close(socket) }
        var yes: CInt = 1
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        let result = unsafe withPointer { unsafe bind(socket, $0, socklen_t(byteCount)) }
        return result == 0 ? nil : Self.words(for: errno)
    }

    private static func words(for code: CInt) -> String {
        switch code {
        case EADDRINUSE: "it is in use by another program, which `ss -ltnp` names"
        case EACCES: "only root may listen on a port below 1024"
        case EADDRNOTAVAIL: "this machine does not have that address"
        default: unsafe String(cString: strerror(code))
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

extension SocketAddress {
    /// Whether only programs of this machine can reach it: 127.0.0.0/8, ::1, and the former written as IPv6.
    var isLoopback: Bool {
        withPointer { address in
            switch CInt(unsafe address.pointee.sa_family) {
            case AF_INET:
                return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    unsafe UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
                }
            case AF_INET6:
                return unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    let bytes = unsafe withUnsafeBytes(of: $0.pointee.sin6_addr) { unsafe Array($0) }
                    let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
                    return bytes == Array(repeating: 0, count: 15) + [1] || isMapped && bytes[12] == 127
                }
            default: return false
            }
        }
    }
}

extension ServerConfiguration {
    /// Whether only programs of this machine can reach the server.
    /// - Throws: `ServerError.unknownHost`.
    package func isLocal() throws(ServerError) -> Bool {
        try SocketAddress(host: host, port: port).isLoopback
    }
}
