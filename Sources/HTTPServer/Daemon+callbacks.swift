internal import CMicroHTTPD
internal import Glibc

extension cmhd_settings {
    /// - Parameter context: passed to every callback unretained; must outlive the daemon.
    mutating func setCallbacks(context: ExchangeContext) {
        unsafe self.context = unsafe Unmanaged.passUnretained(context).toOpaque()
        unsafe accept = { context, _, _ in
            unsafe exchangeContext(context)?.connections.admission == .closed ? .NO : .YES
        }
        unsafe target_received = targetReceived
        unsafe handle_request = handleRequest
        unsafe request_completed = requestCompleted
        unsafe connection_changed = connectionChanged
        unsafe log = { context, message in
            guard let context = unsafe exchangeContext(context), let message = unsafe message else { return }
            let text = unsafe String(cString: message)
            context.noteLibraryMessage(String(text.drop(while: \.isWhitespace).prefix { !$0.isNewline }))
        }
    }
}

private func exchangeContext(_ pointer: UnsafeMutableRawPointer?) -> ExchangeContext? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Unmanaged<ExchangeContext>.fromOpaque(pointer).takeUnretainedValue()
}

/// The request line is there: an exchange begins. It is retained here and released in `requestCompleted`, which
/// libmicrohttpd calls for every request for which it called this.
private func targetReceived(
    context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context = unsafe exchangeContext(context), let connection = unsafe connection else { return nil }
    let handle = unsafe ConnectionHandle(connection)
    context.connections.requestLineReceived(on: handle.socket, deadline: context.requestDeadline)
    let exchange = unsafe Exchange(context: context, connection: handle, target: RawTarget(target))
    return unsafe Unmanaged.passRetained(exchange).toOpaque()
}

private func handleRequest(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, uploaded: UnsafePointer<CChar>?,
    uploadedByteCount: UnsafeMutablePointer<Int>?,
    requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let method = unsafe method, let version = unsafe version, let uploadedByteCount = unsafe uploadedByteCount,
        let pointer = unsafe requestContext?.pointee
    else { return .NO }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    let bytes = unsafe UnsafeRawBufferPointer(start: uploaded, count: uploaded == nil ? 0 : uploadedByteCount.pointee)
    // All of it is taken every time.
    unsafe uploadedByteCount.pointee = 0
    let goesOn = unsafe exchange.advance(
        head: { unsafe exchange.connection.head(method: method, target: exchange.target, version: version) },
        bytes: bytes)
    return goesOn ? .YES : .NO
}

private func requestCompleted(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, reason: MHD_RequestTerminationCode
) {
    guard let pointer = unsafe requestContext?.pointee else { return }
    unsafe requestContext?.pointee = nil
    unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue().end()
}

private func connectionChanged(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    socketContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, change: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe exchangeContext(context), let connection = unsafe connection else { return }
    let socket = unsafe ConnectionHandle(connection).socket
    switch change {
    case .CONNECTION_NOTIFY_STARTED:
        // Before the handshake, which looks for it there.
        unsafe socketContext?.pointee = context.identities.slot.map { unsafe UnsafeMutableRawPointer($0) }
        context.connections.connectionOpened(socket, deadline: context.idleDeadline)
    case .CONNECTION_NOTIFY_CLOSED:
        context.connections.connectionClosed(socket)
    @unknown default:
        break
    }
}
