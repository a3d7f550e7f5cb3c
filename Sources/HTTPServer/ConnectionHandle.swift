internal import CMicroHTTPD
internal import HTTPTypes

/// One connection as libmicrohttpd knows it: the only door from an exchange to C.
///
/// Valid inside the callbacks of its connection, and outside them while the connection is suspended. `Exchange` and
/// `ResponsePipe` keep to that.
@safe struct ConnectionHandle {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    var socket: CInt { unsafe cmhd_socket(pointer) }

    /// What has come before the body. Only from within the request callback, with the strings that it gets.
    func head(method: UnsafePointer<CChar>, target: RawTarget, version: UnsafePointer<CChar>) -> RequestHead {
        unsafe RequestHead(
            method: String(cString: method), version: String(cString: version), target: target.bytes, fields: fields,
            isPlain: cmhd_header_is_plain(pointer, method, target.position, target.bytes.count, version) != 0,
            byteCount: cmhd_header_byte_count(pointer))
    }

    /// Header fields in the order they came. Bytes that are not UTF-8 are replaced.
    private var fields: [ReceivedField] {
        var fields: [ReceivedField] = []
        unsafe withUnsafeMutablePointer(to: &fields) { fields in
            _ = unsafe MHD_get_connection_values_n(pointer, .HEADER_KIND, appendField, fields)
        }
        return fields
    }

    /// Takes the connection out of the event loop. Only from within the callbacks that ask for a response or its body.
    func suspend() { unsafe MHD_suspend_connection(pointer) }

    /// Puts the connection back: the callback comes once more. From any thread.
    func resume() { unsafe MHD_resume_connection(pointer) }

    /// Writes to the socket past libmicrohttpd, which must have nothing to send at the moment.
    /// - Returns: false if not all of it could be handed over at once.
    func sendAtOnce(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes in
            unsafe cmhd_send_at_once(socket, bytes.baseAddress, bytes.count) != 0
        }
    }

    /// Queues the response. Only from within the request callback.
    /// - Parameters:
    ///   - pipe: where a stream comes from; nil if the body is bytes.
    ///   - hasBody: whether the body is sent, and not only what the header says of it.
    ///   - rejected: called with the name of each field that libmicrohttpd refuses.
    /// - Returns: false if libmicrohttpd refused it; the connection is then of no more use.
    func queue(
        _ response: Response, pipe: ResponsePipe?, hasBody: Bool, rejected: (_ field: String) -> Void
    ) -> Bool {
        let created: OpaquePointer?
        if let pipe {
            unsafe created = unsafe pipe.makeResponse(isRead: hasBody)
        } else {
            // A 304 has the length of the body that it does without (RFC 9110, section 8.6).
            let body = response.status == 204 ? [] : response.body.bytes ?? []
            unsafe created = unsafe body.withUnsafeBytes { bytes in
                // Copied, so the pointer is only read here: C merely forgot the const.
                unsafe MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
            }
        }
        guard let created = unsafe created else { return false }
        defer { unsafe MHD_destroy_response(created) }
        for field in response.headers {
            if [.contentLength, .transferEncoding, .date].contains(field.name) { continue }
            if unsafe MHD_add_response_header(created, field.name.rawName, field.value) != .YES {
                rejected(field.name.rawName)
            }
        }
        return unsafe MHD_queue_response(pointer, CUnsignedInt(response.status), created) == .YES
    }
}

// The pointer is a name, and the two functions called off the connection's thread (resume) and on it (all others) lock.
extension ConnectionHandle: @unchecked Sendable {}

/// Callback of `MHD_get_connection_values_n`; the context points to the fields to fill.
private func appendField(
    context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameByteCount: Int,
    value: UnsafePointer<CChar>?, valueByteCount: Int
) -> MHD_Result {
    guard let context = unsafe context else { return .NO }
    let nameBytes = unsafe UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameByteCount)
    let valueBytes = unsafe UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueByteCount)
    unsafe context.assumingMemoryBound(to: [ReceivedField].self).pointee.append(
        ReceivedField(
            name: String(decoding: nameBytes, as: UTF8.self), value: String(decoding: valueBytes, as: UTF8.self)))
    return .YES
}
