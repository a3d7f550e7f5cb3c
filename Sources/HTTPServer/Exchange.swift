internal import HTTPTypes
internal import Logging
internal import Synchronization

/// One request and its response, from the request line to the last byte sent.
///
///     awaitingHeader -> receiving -> waiting -> answered -> sent
///           |               |           |           \-----> streaming
///           |               |           \-> abandoned
///           \-> refused     \------------------------------> sent (503, stopping)
///                  \---------------------------------------> sent
///
/// The connection is suspended exactly while it has nothing to send: in `waiting`, and in `streaming` as the pipe finds
/// right. `waiting` is left under the lock, together with the one call of `resume`: so a response that is ready at once,
/// a client that vanishes and a server that stops cannot resume twice, nor touch a connection that is gone.
final class Exchange: Sendable {
    enum Phase {
        case awaitingHeader
        case receiving
        /// To be answered when the rest of the body has been read and thrown away.
        case refused(Response, discardedByteCount: Int)
        case waiting(Task<Void, Never>)
        case answered(Response)
        case streaming(ResponsePipe, Task<Void, Never>, status: Int)
        /// The client is gone.
        case abandoned
        case sent(status: Int)
    }

    struct State {
        var phase = Phase.awaitingHeader
        var request: Request
        var version = ""
        var isHead = false
        /// Whether the connection ends with this exchange.
        var isLast = false
        /// Whether the client was asked if it is still there.
        var isProbed = false
    }

    /// Bodies of refused requests are read to the end up to this size, and then the connection goes on. Beyond it the
    /// refusal is sent at once and the connection closed, by which a client that is still sending may lose the answer.
    private static let discardLimit = 1 << 20

    private let context: ExchangeContext
    let connection: ConnectionHandle
    private let socket: CInt
    /// Raw request target.
    let target: RawTarget
    private let began = ContinuousClock.now
    let state: Mutex<State>

    init(context: ExchangeContext, connection: ConnectionHandle, target: RawTarget) {
        self.context = context
        self.connection = connection
        self.socket = connection.socket
        self.target = target
        state = Mutex(
            State(
                request: Request(
                    method: "", path: "", stopping: context.stopping, isSecure: context.configuration.isSecure)))
    }

    /// The request callback: first with the header, then with each piece of the body, then with nothing; and with
    /// nothing again after a resume. On the connection's thread.
    /// - Parameter head: made from what the library shows, if asked for.
    /// - Returns: false to close the connection.
    func advance(head: () -> RequestHead, bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            switch state.phase {
            case .awaitingHeader:
                return receive(head(), &state)
            case .receiving where unsafe bytes.isEmpty:
                return dispatch(&state)
            case .receiving:
                unsafe state.request.body.append(contentsOf: bytes)
                if state.request.body.count > context.configuration.bodyByteLimit(for: target.bytes) {
                    refuseBody(&state)
                }
                return true
            case .refused(let response, _) where unsafe bytes.isEmpty:
                return send(response, &state)
            case .refused(let response, let count):
                state.phase = .refused(response, discardedByteCount: count + bytes.count)
                return count + bytes.count <= Self.discardLimit
            case .answered(let response):
                connection.answer(idleTimeout: context.configuration.idleTimeout)
                return send(response, &state)
            case .abandoned:
                return false
            case .waiting, .streaming, .sent:
                return true
            }
        }
    }

    /// The connection is done with the request: answered, aborted or timed out. Comes exactly once, on the connection's
    /// thread.
    func end() {
        context.connections.exchangeEnded(on: socket, nextDeadline: context.idleDeadline)
        let (status, request, stream) = state.withLock { state -> (Int?, Request, ResponsePipe?) in
            switch state.phase {
            case .sent(let status): return (status, state.request, nil)
            case .streaming(let pipe, let task, let status):
                task.cancel()
                return (status, state.request, pipe)
            default: return (nil, state.request, nil)
            }
        }
        stream?.breakOff()
        guard let status else { return }
        context.logger.debug(
            "answered",
            metadata: [
                "request_id": "\(request.requestID)", "method": "\(request.method)", "path": "\(request.path)",
                "status": "\(status)", "duration_ms": "\((ContinuousClock.now - began) / .milliseconds(1))",
            ])
    }

    // MARK: On the connection's thread

    private func receive(_ head: RequestHead, _ state: inout State) -> Bool {
        let headers = head.headers
        state.request.requestID = RequestID.of(headers)
        state.version = head.version
        state.isHead = head.method == "HEAD"
        // What follows the last chunk is read by libmicrohttpd with all that it forgives, and nobody sees the bytes: the
        // next request is not to depend on where it thinks that they end.
        state.isLast = head.isCoded
        if let refusal = accept(head, headers, &state) {
            let response = refusal.response(to: target.bytes)
            guard let byteCount = head.bodyByteCount, byteCount <= Self.discardLimit, !head.expectsContinue,
                !refusal.closesConnection
            else { return send(response, &state) }
            state.phase = .refused(response, discardedByteCount: 0)
        } else {
            state.phase = .receiving
        }
        return true
    }

    private func accept(_ head: RequestHead, _ headers: HTTPFields, _ state: inout State) -> Refusal? {
        if let refusal = head.refusal(limits: context.configuration) { return refusal }
        do {
            let decoded = try RequestTarget(target.bytes)
            state.request.path = decoded.path
            state.request.query = decoded.query
        } catch {
            return .badRequest("\(error)")
        }
        state.request.method = state.isHead ? "GET" : head.method
        state.request.isHead = state.isHead
        state.request.headers = headers
        return context.connections.admit(self, on: socket) ? nil : .stopping
    }

    /// A declared length was checked before, so this body came in chunks.
    private func refuseBody(_ state: inout State) {
        let byteCount = state.request.body.count
        state.request.body = []
        let refusal = Refusal.tooLarge(
            "The body has more than \(byteCount - 1) bytes",
            limit: context.configuration.bodyByteLimit(for: target.bytes))
        state.phase = .refused(refusal.response(to: target.bytes), discardedByteCount: byteCount)
    }

    private func dispatch(_ state: inout State) -> Bool {
        context.connections.requestReceived(on: socket)
        // The exchange was admitted, so whoever closes the table after this line finds it waiting and resumes it.
        guard context.connections.admission != .closed else {
            return send(Refusal.stopping.response(to: target.bytes), &state)
        }
        connection.suspendUntilAnswer(idleTimeout: context.configuration.idleTimeout)
        let request = state.request
        state.request.body = []
        state.phase = .waiting(
            Task {
                let response = await context.responder.respond(to: request)
                leaveWaiting(to: .answered(response))
            })
        return true
    }

    private func send(_ response: Response, _ state: inout State) -> Bool {
        context.connections.requestReceived(on: socket)
        var response = response
        if !(200...599).contains(response.status) {
            context.logger.error("no status of a response: \(response.status)")
            response = Response(status: 500)
        }
        if case .stream = response.body, context.connections.admission == .closed {
            // Whoever closed the table has broken off the streams that there were.
            response = Refusal.stopping.response(to: target.bytes)
        }
        response.headers[.requestID] = state.request.requestID
        // No browser is to take an image or a document for a script, whoever sent it the bytes.
        response.headers[.contentTypeOptions] = "nosniff"
        if state.isLast || context.connections.admission != .open { response.headers[.connection] = "close" }
        var pipe: ResponsePipe?
        if case .stream(let stream) = response.body, response.status != 204 {
            pipe = ResponsePipe(stream, connection: connection)
        }
        let hasBody = !state.isHead && response.status != 304
        let isQueued = connection.queue(response, pipe: pipe, hasBody: hasBody) {
            context.logger.error("response header field \($0) is invalid, not sent")
        }
        state.isProbed = false
        if let pipe, isQueued, hasBody {
            state.phase = .streaming(pipe, Task { await pipe.produce() }, status: response.status)
        } else {
            state.phase = .sent(status: response.status)
        }
        return isQueued
    }

    // MARK: On any thread

    /// The server will not wait any longer: cancels the work, and answers 503 or breaks off the stream. Does nothing if
    /// the response is on its way.
    func giveUp() {
        leaveWaiting(to: .answered(Refusal.stopping.response(to: target.bytes)))?.cancel()
        breakOffStream()
    }

    /// - Returns: the responder's task if the exchange was waiting. To be cancelled outside the lock, because handlers
    ///   of the cancellation run inside the call.
    @discardableResult
    func leaveWaiting(to next: Phase) -> Task<Void, Never>? {
        state.withLock { state in
            guard case .waiting(let task) = state.phase else { return nil }
            state.phase = next
            connection.resume()
            return task
        }
    }
}
