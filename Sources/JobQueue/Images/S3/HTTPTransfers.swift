internal import CCurl

/// Transfers of one thread over libcurl, which keeps its connections open from one to the next.
final class HTTPTransfers {
    /// What no reply is behind.
    struct Fault: Error, CustomStringConvertible {
        let description: String

        fileprivate init(_ code: CURLcode) { description = unsafe String(cString: curl_easy_strerror(code)) }
    }

    struct Reply {
        let status: Int
        let body: [UInt8]
    }

    /// Once per process, before the first transfer.
    private static let beginning: CURLcode = ccurl_begin()

    /// Made with the first transfer.
    private var handle: UnsafeMutableRawPointer?

    deinit { if let handle = unsafe handle { unsafe curl_easy_cleanup(handle) } }

    /// Blocks until the reply is there.
    ///
    /// - Parameters:
    ///   - headers: lines.
    ///   - limit: bytes of a reply; one with more is a fault.
    func run(
        _ method: String, _ url: String, headers: [String], body: [UInt8], limit: Int
    ) throws(Fault) -> Reply {
        guard Self.beginning == CURLE_OK else { throw Fault(Self.beginning) }
        guard let handle = unsafe handle ?? curl_easy_init() else { throw Fault(CURLE_FAILED_INIT) }
        unsafe self.handle = unsafe handle
        let lines = HeaderLines(headers)
        let received = Received(limit: limit)
        let code = unsafe body.withUnsafeBytes { bytes in
            let prepared = unsafe ccurl_prepare(
                handle, method, url, lines.list, bytes.baseAddress, bytes.count, Self.sink,
                Unmanaged.passUnretained(received).toOpaque())
            return unsafe prepared == CURLE_OK ? curl_easy_perform(handle) : prepared
        }
        guard code == CURLE_OK else { throw Fault(code) }
        return Reply(status: unsafe ccurl_status(handle), body: received.bytes)
    }

    /// libcurl takes an answer smaller than the piece for a reason to stop.
    private static let sink: ccurl_sink = { piece, _, count, context in
        guard let context = unsafe context, let piece = unsafe piece else { return 0 }
        let received = unsafe Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
        return unsafe received.take(UnsafeRawBufferPointer(start: piece, count: count)) ? count : 0
    }

    private final class Received {
        private let limit: Int
        private(set) var bytes: [UInt8] = []

        init(limit: Int) { self.limit = limit }

        func take(_ piece: UnsafeRawBufferPointer) -> Bool {
            guard bytes.count + piece.count <= limit else { return false }
            unsafe bytes.append(contentsOf: piece)
            return true
        }
    }

    /// Lines of headers in the form that libcurl takes.
    private final class HeaderLines {
        private(set) var list: UnsafeMutablePointer<curl_slist>?

        init(_ lines: [String]) {
            for line in lines { unsafe list = curl_slist_append(list, line) ?? list }
        }

        deinit { unsafe curl_slist_free_all(list) }
    }
}
