import HTTPServer
import Synchronization

/// How a response ended.
struct ResponseEnd: Sendable, Equatable {
    /// Of its body, as far as it was made.
    var byteCount: Int
    /// false: a stream broke off, by its own fault or because its reader is gone.
    var isWhole: Bool
}

extension Response {
    /// This response, with an action for when no more of it will be made: at once, or for a stream when it ends.
    ///
    /// - Parameter request: says whether the body is sent.
    func atEnd(of request: Request, _ action: @escaping @Sendable (ResponseEnd) -> Void) -> Response {
        switch body {
        case .bytes(let bytes):
            let isSent = !request.isHead && status != 204 && status != 304
            action(ResponseEnd(byteCount: isSent ? bytes.count : 0, isWhole: true))
            return self
        case .stream(var stream):
            let ending = Ending(action)
            stream.produce = { [produce = stream.produce] writer in
                do {
                    try await produce(writer)
                } catch {
                    ending.come(ResponseEnd(byteCount: writer.byteCount, isWhole: false))
                    throw error
                }
                ending.come(ResponseEnd(byteCount: writer.byteCount, isWhole: true))
            }
            var response = self
            response.body = .stream(stream)
            return response
        }
    }
}

/// Takes its action once: when the stream ends, or when it is let go without ever being made, as in reply to HEAD.
private final class Ending: Sendable {
    private let action: Mutex<(@Sendable (ResponseEnd) -> Void)?>

    init(_ action: @escaping @Sendable (ResponseEnd) -> Void) { self.action = Mutex(action) }

    deinit { come(ResponseEnd(byteCount: 0, isWhole: true)) }

    func come(_ end: ResponseEnd) {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        action?(end)
    }
}
