internal import Synchronization

// What becomes of an exchange whose client may be gone. On any thread.

extension Exchange {
    /// The stream that is being sent, nil if there is none.
    var stream: ResponsePipe? {
        state.withLock { state in
            if case .streaming(let pipe, _, _) = state.phase { pipe } else { nil }
        }
    }

    /// Ends a stream at once, so that its reader sees that it is not whole. Does nothing if there is none.
    func breakOffStream() {
        let (pipe, task) = state.withLock { state -> (ResponsePipe?, Task<Void, Never>?) in
            if case .streaming(let pipe, let task, _) = state.phase { (pipe, task) } else { (nil, nil) }
        }
        task?.cancel()
        pipe?.breakOff()
    }

    /// The client is gone: cancels the work and closes the connection. Does nothing while the connection has something to
    /// send: the event loop finds out.
    /// - Returns: whether there was work to cancel.
    @discardableResult
    func abandon() -> Bool {
        if let task = leaveWaiting(to: .abandoned) {
            task.cancel()
            return true
        }
        guard stream != nil else { return false }
        breakOffStream()
        return true
    }

    /// The client has ended its sending half. So does one that is gone, and then the next thing that is sent tells: a
    /// client that waits gets an interim response, which it ignores, a stream its heartbeat. Over TLS nothing can be sent
    /// past the library, so there the end of sending counts as gone while the client waits.
    /// - Returns: whether there was work to cancel, because the client counts as gone.
    func peerStoppedSending() -> Bool {
        let isThere = state.withLock { state in
            if state.isProbed { return true }
            switch state.phase {
            case .waiting:
                state.isProbed = true
                // Suspended, so nothing else is on its way; and the kernel has sent all that came before.
                return state.version != "HTTP/1.0" && !state.request.isSecure
                    && connection.sendAtOnce("HTTP/1.1 100 Continue\r\n\r\n")
            case .streaming(let pipe, _, _):
                state.isProbed = true
                return pipe.probe()
            default:
                return true
            }
        }
        return isThere ? false : abandon()
    }
}
