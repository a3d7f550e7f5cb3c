internal import CMicroHTTPD
internal import Synchronization

/// Between the producer of a stream and the connection: a bounded buffer that keeps the one rule, that a connection is
/// suspended exactly while it has nothing to send.
///
/// The reader suspends its connection under the lock when it finds nothing, and whoever adds something, or ends the
/// stream, resumes it under the lock. So nobody resumes twice, nor touches a connection that is gone: a suspended one
/// cannot go.
final class ResponsePipe: Sendable {
    private enum Ending {
        /// More may come.
        case open
        /// No more comes.
        case finished
        /// The reader must not take what it has for the whole, or is gone itself.
        case broken
    }

    private struct State {
        /// To be sent next, at most the capacity.
        var ready: [UInt8] = []
        /// Bytes of items that were or are ready; heartbeats do not count.
        var byteCount = 0
        /// The newest item that was offered and found no room.
        var latest: [UInt8]?
        var ending = Ending.open
        var isSuspended = false
        var quietSince = ContinuousClock.now
        /// Producers that wait for room.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let connection: ConnectionHandle
    private let stream: ResponseStream
    private let state = Mutex(State())

    init(_ stream: ResponseStream, connection: ConnectionHandle) {
        self.stream = stream
        self.connection = connection
    }

    private var capacity: Int { max(1, stream.capacity) }

    var byteCount: Int { state.withLock { $0.byteCount } }

    var isOpen: Bool { state.withLock { $0.ending == .open } }

    /// Runs the producer to its end.
    func produce() async {
        do {
            try await stream.produce(ResponseWriter(pipe: self))
            end(.finished)
        } catch {
            end(.broken)
        }
    }

    // MARK: The producer's end

    /// Takes as many bytes as there is room for.
    /// - Returns: how many were taken; all of them if nobody reads any more.
    func append(_ bytes: ArraySlice<UInt8>) -> Int {
        state.withLock { state in
            guard state.ending == .open else { return bytes.count }
            // An item that was offered before comes before.
            let room = state.latest == nil ? capacity - state.ready.count : 0
            let taken = bytes.prefix(room)
            state.ready += taken
            state.byteCount += taken.count
            if !taken.isEmpty { wake(&state) }
            return taken.count
        }
    }

    func offer(_ item: [UInt8]) {
        state.withLock { state in
            guard state.ending == .open, !item.isEmpty else { return }
            if state.latest == nil, state.ready.count + item.count <= capacity {
                state.ready += item
                state.byteCount += item.count
            } else {
                state.latest = item
            }
            wake(&state)
        }
    }

    /// Returns when something was sent, or nothing will be.
    /// - Throws: `CancellationError` if the reader is gone, or the task is cancelled.
    func waitForRoom() async throws(CancellationError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    let hasRoom = state.latest == nil && state.ready.count < capacity
                    if hasRoom || state.ending != .open || Task.isCancelled { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            tellOfRoom()
        }
        if Task.isCancelled || !isOpen { throw CancellationError() }
    }

    // MARK: The connection's end

    /// The whole body of what follows may be sent, in the order it came.
    /// - Returns: bytes that were written, or what libmicrohttpd calls the end of the stream.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = state.withLock { state in
            if state.ending == .broken { return cmhd_reader_failed }
            if state.ready.isEmpty, let latest = state.latest {
                state.ready = latest
                state.byteCount += latest.count
                state.latest = nil
            }
            guard !state.ready.isEmpty else {
                if state.ending == .finished { return cmhd_reader_finished }
                state.isSuspended = true
                state.quietSince = .now
                connection.suspend()
                return 0
            }
            let count = min(buffer.count, state.ready.count)
            unsafe buffer.copyBytes(from: state.ready.prefix(count))
            state.ready.removeFirst(count)
            return count
        }
        if count > 0 { tellOfRoom() }
        return count
    }

    // MARK: On any thread

    /// Ends the stream without its producer: the reader is gone, or the server does not wait any longer.
    func breakOff() { end(.broken) }

    /// Sends the heartbeat if nothing has been sent for the interval.
    func beat(at now: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.isSuspended, state.ending == .open, let heartbeat = stream.heartbeat,
                now - state.quietSince >= stream.heartbeatInterval
            else { return }
            state.ready += heartbeat
            wake(&state)
        }
    }

    /// The reader has ended its sending half: the heartbeat finds out whether it is gone. Without one it counts as gone.
    /// - Returns: false if it counts as gone.
    func probe() -> Bool {
        guard let heartbeat = stream.heartbeat else { return false }
        state.withLock { state in
            guard state.isSuspended, state.ending == .open else { return }
            state.ready += heartbeat
            wake(&state)
        }
        return true
    }

    private func end(_ ending: Ending) {
        state.withLock { state in
            guard state.ending == .open else { return }
            state.ending = ending
            wake(&state)
        }
        tellOfRoom()
    }

    private func tellOfRoom() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func wake(_ state: inout State) {
        guard state.isSuspended else { return }
        state.isSuspended = false
        connection.resume()
    }
}

extension ResponsePipe {
    /// A response whose body is read from here. Holds the pipe for as long as libmicrohttpd may ask for it.
    /// - Parameter isRead: false where only the header is sent.
    func makeResponse(isRead: Bool) -> OpaquePointer? {
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let created = unsafe cmhd_create_stream(
            context,
            { context, _, buffer, byteCount in
                guard let context = unsafe context else { return cmhd_reader_failed }
                let pipe = unsafe Unmanaged<ResponsePipe>.fromOpaque(context).takeUnretainedValue()
                return unsafe pipe.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: byteCount))
            },
            { context in
                if let context = unsafe context { unsafe Unmanaged<ResponsePipe>.fromOpaque(context).release() }
            })
        // libmicrohttpd 0.9.75 sends the last chunk also where it sends no others. So no chunks are promised there, and
        // the connection ends.
        if !isRead, let created = unsafe created {
            unsafe cmhd_forbid_chunks(created)
        }
        if unsafe created == nil { unsafe Unmanaged<ResponsePipe>.fromOpaque(context).release() }
        return unsafe created
    }
}
