import Foundation
import Glibc

/// A client that sends exactly the bytes it is told to, well-formed or not. Blocks its thread: use it in `offPool`.
final class RawClient {
    struct Failure: Error {
        var call: String
        var code: CInt
    }

    /// One response as it came.
    struct Reply {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: CInt
    private var received: [UInt8] = []
    private var isOpen = true

    /// Connects to 127.0.0.1. Receiving gives up after 30 s, so that a hanging server fails its test.
    /// - Parameter receiveBuffer: bytes that the system takes for a client that does not read; nil: as many as it likes.
    init(port: UInt16, receiveBuffer: CInt? = nil) throws {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close()
            throw Failure(call: "connect", code: errno)
        }
    }

    deinit { close() }

    func close() {
        if isOpen { Glibc.close(socket) }
        isOpen = false
    }

    /// Ends the sending half only.
    func finishSending() { if isOpen { shutdown(socket, CInt(SHUT_WR)) } }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        guard isOpen else { throw Failure(call: "send", code: EBADF) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            sent += count
        }
    }

    /// Sends a request without a body.
    func get(_ target: String, method: String = "GET", headers: String = "") throws {
        try send("\(method) \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    }

    func post(_ target: String, _ body: String, headers: String = "") throws {
        let header = "POST \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n"
        try send(header + body)
    }

    /// The next response.
    /// - Parameter hasBody: false after HEAD, whose reply has a length but no body.
    /// - Throws: if the connection ends before.
    func reply(hasBody: Bool = true) throws -> Reply {
        while true {
            if let end = headerEnd {
                let head = String(decoding: received[..<end], as: UTF8.self)
                let lines = head.split(separator: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop(while: \.isWhitespace)) : ""
                }
                let length = hasBody ? headers["content-length"].flatMap(Int.init) ?? 0 : 0
                if received.count >= end + length {
                    let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                    let body = Array(received[end..<(end + length)])
                    received.removeFirst(end + length)
                    return Reply(status: status, headers: headers, body: body)
                }
            }
            guard try receive() else { throw Failure(call: "end of connection", code: 0) }
        }
    }

    /// All that comes up to the mark, which is not seen again.
    /// - Throws: if the connection ends before.
    @discardableResult
    func text(upTo mark: String) throws -> String {
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if let end = text.range(of: mark)?.upperBound {
                received = Array(text[end...].utf8)
                return String(text[..<end])
            }
            guard try receive() else { throw Failure(call: "end of connection", code: 0) }
        }
    }

    /// All that still comes until the server closes the connection.
    func rest() throws -> String {
        while try receive() {}
        return String(decoding: received, as: UTF8.self)
    }

    /// The same as bytes.
    func bytesToEnd() throws -> [UInt8] {
        while try receive() {}
        return received
    }

    private var headerEnd: Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard received.count >= mark.count else { return nil }
        return (mark.count...received.count).first { Array(received[($0 - mark.count)..<$0]) == mark }
    }

    /// - Returns: false at the end of the connection, orderly or by reset.
    private func receive() throws -> Bool {
        // The number of a closed socket may be another one's by now.
        guard isOpen else { throw Failure(call: "recv", code: EBADF) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count == 0 || count < 0 && errno == ECONNRESET { return false }
        guard count > 0 else { throw Failure(call: "recv", code: errno) }
        received += buffer[..<count]
        return true
    }
}
