internal import CMicroHTTPD

/// One connection as libmicrohttpd knows it: the only door from an exchange to C.
///
/// Valid inside the callbacks of its connection, and outside them while the connection is suspended. `Exchange` keeps
/// to that.
@safe struct ConnectionHandle {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    var socket: CInt { unsafe cmhd_socket(pointer) }

    /// Bytes of the request line and the header fields.
    var headerByteCount: Int { unsafe cmhd_header_byte_count(pointer) }

    /// Header fields in the order they came. Bytes that are not UTF-8 are replaced.
    var headerFields: HeaderFields {
        var fields: HeaderFields = [:]
        unsafe withUnsafeMutablePointer(to: &fields) { fields in
            _ = unsafe MHD_get_connection_values_n(pointer, .HEADER_KIND, appendField, fields)
        }
        return fields
    }

    /// Takes the connection out of the event loop. Only from within the request callback.
    func suspend() { unsafe MHD_suspend_connection(pointer) }

    /// Puts the connection back: the request callback comes once more. From any thread.
    func resume() { unsafe MHD_resume_connection(pointer) }

    /// Queues the response. Only from within the request callback.
    /// - Returns: false if libmicrohttpd refused it; the connection is then of no more use.
    func queue(_ response: Response, rejected: (_ field: String) -> Void) -> Bool {
        let body = [204, 304].contains(response.status) ? [] : response.body
        let created = unsafe body.withUnsafeBytes { bytes in
            // Copied, so the pointer is only read here: C merely forgot the const.
            unsafe MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let created = unsafe created else { return false }
        defer { unsafe MHD_destroy_response(created) }
        for (name, value) in response.headers {
            if ["content-length", "transfer-encoding", "date"].contains(name.lowercased()) { continue }
            if unsafe MHD_add_response_header(created, name, value) != .YES { rejected(name) }
        }
        return unsafe MHD_queue_response(pointer, CUnsignedInt(response.status), created) == .YES
    }
}

// The pointer is a name, and the two functions called off the connection's thread (resume) and on it (all others) lock.
extension ConnectionHandle: @unchecked Sendable {}

/// Callback of `MHD_get_connection_values_n`; the context points to the `HeaderFields` to fill.
private func appendField(
    context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameByteCount: Int,
    value: UnsafePointer<CChar>?, valueByteCount: Int
) -> MHD_Result {
    guard let context = unsafe context else { return .NO }
    let nameBytes = unsafe UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameByteCount)
    let valueBytes = unsafe UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueByteCount)
    unsafe context.assumingMemoryBound(to: HeaderFields.self).pointee.append(
        String(decoding: nameBytes, as: UTF8.self), String(decoding: valueBytes, as: UTF8.self))
    return .YES
}
