/// A body that is made while it is sent.
///
/// HTTP/1.1 clients get it in chunks. HTTP/1.0 clients get it as it is, and the connection ends with it. In reply to HEAD
/// only the header is sent, and nothing is made.
package struct ResponseStream: Sendable {
    /// Bytes that may wait to be sent, at least 1. Beside them at most one item that was offered waits.
    package var capacity = 64 * 1024
    /// What may be sent between two items at any time without changing the meaning: a comment. It finds readers that are
    /// gone and keeps proxies from closing a quiet stream. Without it a reader that ends its sending half counts as gone.
    package var heartbeat: [UInt8]?
    /// Time without anything to send after which the heartbeat is sent.
    package var heartbeatInterval: Duration = .seconds(15)
    /// Makes the body. Its return ends the body; if it throws, the connection is broken off, so that the reader does not
    /// take what it has for the whole. The task is cancelled when the reader is gone or the server will not wait longer.
    package var produce: @Sendable (ResponseWriter) async throws -> Void

    package init(produce: @escaping @Sendable (ResponseWriter) async throws -> Void) {
        self.produce = produce
    }
}

/// Where the producer of a stream puts its items. What to do about a reader that is slower, the producer chooses anew for
/// each item.
package struct ResponseWriter: Sendable {
    let pipe: ResponsePipe

    /// Bytes that were put in so far, and not left out for newer ones.
    package var byteCount: Int { pipe.byteCount }

    /// Sends the bytes, and waits for room before that if need be.
    /// - Throws: `CancellationError` if the reader is gone, or the task is cancelled.
    package func write(_ bytes: [UInt8]) async throws(CancellationError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = pipe.append(rest)
            rest = rest.dropFirst(count)
            if !rest.isEmpty { try await pipe.waitForRoom() }
        }
        if !pipe.isOpen { throw CancellationError() }
    }

    /// Sends the item, and never waits: if there is no room the newest item that was offered is kept, and takes the place
    /// of older ones that still wait. So a slow reader misses items, but not the last one.
    /// - Throws: `CancellationError` if the reader is gone.
    package func offer(_ item: [UInt8]) throws(CancellationError) {
        pipe.offer(item)
        if !pipe.isOpen { throw CancellationError() }
    }
}
