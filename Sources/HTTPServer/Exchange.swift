internal import Logging
internal import Synchronization

/// One request and its response, from the request line to the last byte sent.
///
///     awaitingHeader -> receiving -> waiting -> answered -> sent
///           |               |           \-> abandoned
///           \-> refused     \------------------------------> sent (503, stopping)
///                  \---------------------------------------> sent
///
/// The connection is suspended in `waiting` and in no other phase. `waiting` is left under the lock, together with the
/// one call of `resume`: so a response that is ready at once, a client that vanishes and a server that stops cannot
/// resume twice, nor touch a connection that is gone.
final class Exchange: Sendable {
    private enum Phase {
        case awaitingHeader
        case receiving
        /// To be answered when the rest of the body has been read and thrown away.
        case refused(Response, discardedByteCount: Int)
        case waiting(Task<Void, Never>)
        case answered(Response)
        /// The client is gone.
        case abandoned
        case sent(status: Int)
    }

    private struct State {
        var phase = Phase.awaitingHeader
        var request = Request(method: "", path: "")
    }

    /// Bodies of refused requests are read to the end up to this size, and then the connection goes on. Beyond it the
    /// refusal is sent at once and the connection closed, by which a client that is still sending may lose the answer.
    private static let discardLimit = 1 << 20

    private let context: ExchangeContext
    private let connection: ConnectionHandle
    private let socket: CInt
    private let target: [UInt8]
    private let began = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameter target: raw request target.
    init(context: ExchangeContext, connection: ConnectionHandle, target: [UInt8]) {
        self.context = context
        self.connection = connection
        self.socket = connection.socket
        self.target = target
    }

    // MARK: On the connection's thread

    /// The request callback: first with the header, then with each piece of the body, then with nothing; and with
    /// nothing again after a resume.
    /// - Returns: false to close the connection.
    func advance(method: String, version: String, bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            switch state.phase {
            case .awaitingHeader:
                return receiveHead(method: method, version: version, &state)
            case .receiving where unsafe bytes.isEmpty:
                return dispatch(&state)
            case .receiving:
                unsafe state.request.body.append(contentsOf: bytes)
                // The declared length was checked, and no more than it is ever delivered.
                return state.request.body.count <= context.configuration.maximumBodyByteCount
            case .refused(let response, _) where unsafe bytes.isEmpty:
                return send(response, &state)
            case .refused(let response, let count):
                state.phase = .refused(response, discardedByteCount: count + bytes.count)
                return count + bytes.count <= Self.discardLimit
            case .answered(let response):
                return send(response, &state)
            case .abandoned:
                return false
            case .waiting, .sent:
                return true
            }
        }
    }

    /// The connection is done with the request: answered, aborted or timed out. Comes exactly once.
    func end() {
        context.connections.exchangeEnded(on: socket, nextDeadline: context.idleDeadline)
        state.withLock { state in
            guard case .sent(let status) = state.phase else { return }
            context.logger.debug(
                "answered",
                metadata: [
                    "request_id": "\(state.request.requestID)", "method": "\(state.request.method)",
                    "path": "\(state.request.path)", "status": "\(status)",
                    "duration_ms": "\((ContinuousClock.now - began) / .milliseconds(1))",
                ])
        }
    }

    private func receiveHead(method: String, version: String, _ state: inout State) -> Bool {
        let head = RequestHead(
            method: method, version: version, target: target, headers: connection.headerFields,
            byteCount: connection.headerByteCount)
        state.request.requestID = RequestID.of(head.headers)
        if let refusal = accept(head, &state) {
            let response = refusal.response(to: target)
            guard let byteCount = head.bodyByteCount, byteCount <= Self.discardLimit, !head.expectsContinue else {
                return send(response, &state)
            }
            state.phase = .refused(response, discardedByteCount: 0)
        } else {
            state.phase = .receiving
        }
        return true
    }

    private func accept(_ head: RequestHead, _ state: inout State) -> Refusal? {
        if let refusal = head.refusal(limits: context.configuration) { return refusal }
        do {
            let decoded = try RequestTarget(target)
            state.request.path = decoded.path
            state.request.query = decoded.query
        } catch {
            return .badRequest("\(error)")
        }
        state.request.method = head.method == "HEAD" ? "GET" : head.method
        state.request.headers = head.headers
        return context.connections.admit(self, on: socket) ? nil : .stopping
    }

    private func dispatch(_ state: inout State) -> Bool {
        context.connections.setDeadline(nil, of: socket)
        // The exchange was admitted, so whoever closes the table after this line finds it waiting and resumes it.
        guard context.connections.admission != .closed else {
            return send(Refusal.stopping.response(to: target), &state)
        }
        connection.suspend()
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
        var response = response
        if !(200...599).contains(response.status) {
            context.logger.error("no status of a response: \(response.status)")
            response = Response(status: 500)
        }
        response.headers[RequestID.headerName] = state.request.requestID
        if context.connections.admission != .open { response.headers["Connection"] = "close" }
        state.phase = .sent(status: response.status)
        return connection.queue(response) { context.logger.error("response header field \($0) is invalid, not sent") }
    }

    // MARK: On any thread

    /// The client is gone: cancels the work and closes the connection. Does nothing unless the exchange is waiting.
    func abandon() {
        leaveWaiting(to: .abandoned)?.cancel()
    }

    /// The server will not wait any longer: cancels the work and answers 503. Does nothing unless the exchange is
    /// waiting.
    func giveUp() {
        leaveWaiting(to: .answered(Refusal.stopping.response(to: target)))?.cancel()
    }

    /// - Returns: the responder's task if the exchange was waiting. To be cancelled outside the lock, because handlers
    ///   of the cancellation run inside the call.
    @discardableResult
    private func leaveWaiting(to next: Phase) -> Task<Void, Never>? {
        state.withLock { state in
            guard case .waiting(let task) = state.phase else { return nil }
            state.phase = next
            connection.resume()
            return task
        }
    }
}
