internal import CMicroHTTPD
internal import Synchronization

/// Owner of one running `MHD_Daemon` with its threads.
@safe final class Daemon {
    private let handle: OpaquePointer
    private let settings: UnsafeMutablePointer<cmhd_settings>
    /// Kept alive for the callbacks, which hold it unretained.
    private let context: ExchangeContext
    private let isStopped = Mutex(false)

    /// Binds, listens and starts the threads.
    /// - Throws: `ServerError.unknownHost`, `.cannotListen`, `.unusableCertificate`.
    init(context: ExchangeContext) throws(ServerError) {
        let configuration = context.configuration
        let address = try SocketAddress(host: configuration.host, port: configuration.port)
        try context.loadCertificate()
        let settings = UnsafeMutablePointer<cmhd_settings>.allocate(capacity: 1)
        unsafe settings.initialize(to: cmhd_settings())
        // Each thread has its share of the connections, and a share of none is refused.
        unsafe settings.pointee.thread_count =
            CUnsignedInt(min(configuration.threadCount, configuration.connectionLimit))
        unsafe settings.pointee.connection_limit = CUnsignedInt(configuration.connectionLimit)
        unsafe settings.pointee.connection_limit_per_address =
            CUnsignedInt(configuration.connectionLimitPerAddress ?? 0)
        unsafe settings.pointee.idle_timeout = ConnectionHandle.seconds(configuration.idleTimeout)
        // Room for the request header twice (text and parsed fields), the body's buffer and the response header.
        // At least what `cmhd_begins_plainly` needs.
        unsafe settings.pointee.connection_memory = max(48 * 1024, 2 * configuration.headerByteLimit + 16 * 1024)
        unsafe settings.pointee.setCallbacks(context: context)
        unsafe settings.pointee.identities = unsafe context.identities.slot

        let started = unsafe address.withPointer { address in
            unsafe settings.pointee.address = unsafe address
            defer { unsafe settings.pointee.address = nil }
            return unsafe cmhd_start(settings)
        }
        guard let started = unsafe started else {
            unsafe settings.deallocate()
            throw .cannotListen(
                host: configuration.host, port: configuration.port,
                reason: address.reasonNotToListen() ?? context.lastLibraryMessage)
        }
        unsafe self.handle = unsafe started
        unsafe self.settings = unsafe settings
        self.context = context
    }

    deinit {
        stop()
        unsafe settings.deallocate()
    }

    var boundPort: UInt16 { unsafe cmhd_bound_port(handle) }

    /// Closes all connections and ends the threads. No exchange may be waiting: libmicrohttpd aborts the process over a
    /// suspended connection. Blocks for the moment that the threads need to leave their event loop.
    func stop() {
        let wasStopped = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return isStopped
        }
        if !wasStopped { unsafe MHD_stop_daemon(handle) }
    }
}

// The pointers never change after init, and the one call that may not come twice is behind a mutex.
extension Daemon: @unchecked Sendable {}
