import Foundation
import Glibc
import HTTPServer
import JSON

/// One GET to a service on this or another machine, with nothing but a socket.
struct HealthProbe: CustomStringConvertible, Equatable {
    let host: String
    let port: Int
    let path: String
    /// For everything: to connect, to ask, to hear.
    let timeout: Duration

    var description: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)" }

    /// The service that this configuration describes, on this machine: by the operators' own port, where there is one.
    ///
    /// - Throws: `HealthError.noPort` for port 0, which is another one at every start; `.encrypted` where only TLS is spoken.
    init(_ configuration: ServiceConfiguration, path: String, timeout: Duration) throws(HealthError) {
        let server = configuration.adminServer ?? configuration.http
        guard server.port != 0 else { throw .noPort }
        guard server.certificateFile == nil else { throw .encrypted }
        // What listens everywhere listens on the loopback address too.
        host =
            switch server.host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: server.host
            }
        port = Int(server.port)
        self.path = path
        self.timeout = timeout
    }

    /// - Parameter path: where the URL has none.
    /// - Throws: `HealthError.badURL`.
    init(url: String, path: String, timeout: Duration) throws(HealthError) {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host, !host.isEmpty,
            let port = Int(exactly: parts.port ?? 80), (1...65_535).contains(port)
        else { throw .badURL(url) }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        self.port = port
        self.path = ["", "/"].contains(parts.percentEncodedPath) ? path : parts.percentEncodedPath
        self.timeout = timeout
    }

    /// Asks.
    ///
    /// - Throws: why the service is not well.
    func ask() throws(HealthError) {
        let reply = try exchange(
            "GET \(path) HTTP/1.1\r\nHost: \(host.contains(":") ? "[\(host)]" : host):\(port)\r\nConnection: close\r\n\r\n"
        )
        let text = String(decoding: reply, as: UTF8.self)
        guard let status = text.firstMatch(of: /^HTTP\/1\.[01] (\d{3})/).flatMap({ Int($0.1) }) else {
            throw .noReply("\(self)", reason: reply.isEmpty ? "it closed the connection" : "that is not HTTP")
        }
        guard (200..<300).contains(status) else {
            let body = text.firstRange(of: "\r\n\r\n").map { Array(text[$0.upperBound...].utf8) } ?? []
            throw .unwell("\(self)", status: status, detail: Self.detail(body))
        }
    }

    /// What a problem document says.
    private static func detail(_ body: [UInt8]) -> String? {
        guard case .string(let detail) = (try? JSONParser.parse(body))?["detail"] else { return nil }
        return detail
    }
}

extension HealthProbe {
    /// A reply that is longer than this is none of a health check.
    private static let byteLimit = 64 * 1024

    /// Sends the request and reads until the service closes.
    private func exchange(_ request: String) throws(HealthError) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        let socket = try connect(until: deadline)
        defer { close(socket) }
        // A request of this size fits into the socket's buffer: it is sent whole or not at all.
        guard
            request.withCString({ send(socket, $0, request.utf8.count, Int32(MSG_NOSIGNAL)) })
                == request.utf8.count
        else { throw .noReply("\(self)", reason: Self.lastError()) }
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while reply.count < Self.byteLimit {
            Self.limit(socket, to: deadline)
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count >= 0 else { throw .noReply("\(self)", reason: Self.lastError()) }
            if count == 0 { break }
            reply += buffer[..<count]
            guard ContinuousClock.now < deadline else { throw .noReply("\(self)", reason: "no whole answer in time") }
        }
        return reply
    }

    private func connect(until deadline: ContinuousClock.Instant) throws(HealthError) -> CInt {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICSERV
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &found)
        guard status == 0 else { throw .noReply("\(self)", reason: String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(found) }
        var reason = "no address"
        var next = found
        while let address = next?.pointee {
            let socket = Glibc.socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            Self.limit(socket, to: deadline)
            if socket >= 0, Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return socket }
            reason = Self.lastError()
            if socket >= 0 { close(socket) }
            next = address.ai_next
        }
        throw .noReply("\(self)", reason: reason)
    }

    /// Lets each following call on the socket wait for what is left of the time, at least a millisecond.
    private static func limit(_ socket: CInt, to deadline: ContinuousClock.Instant) {
        let left = max(.milliseconds(1), ContinuousClock.now.duration(to: deadline)).components
        var time = timeval(tv_sec: Int(left.seconds), tv_usec: Int(left.attoseconds / 1_000_000_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static func lastError() -> String {
        // Both are what a call says whose time is over.
        [EAGAIN, EINPROGRESS].contains(errno) ? "no answer in time" : String(cString: strerror(errno))
    }
}
