/// Settings of a `Server`. Every limit holds per server, not per process.
package struct ServerConfiguration: Sendable, Equatable {
    /// Address or name to listen on; the first address that a name resolves to. `::` takes IPv4 too.
    package var host = "127.0.0.1"
    /// TCP port; 0 lets the system choose, see `Server.boundPort()`.
    package var port: UInt16 = 8080
    /// Largest request body in bytes; a larger one gets 413.
    package var maximumBodyByteCount = 64 * 1024
    /// Paths, as they are sent, whose bodies may be larger than that, up to so many bytes.
    package var largerBodies: [String: Int] = [:]
    /// Largest request line and header together in bytes; a larger one gets 431. At least 1024.
    package var headerByteLimit = 16 * 1024
    /// Open connections, shared out evenly between the threads; more wait in the system's queue. Near the limit those
    /// that have sent no request, or not all of one, are closed for new ones, see `ConnectionTable`.
    package var connectionLimit = 1024
    /// Open connections of one client address, nil for no limit; more are closed unanswered. There is
    /// none at first, because behind a reverse proxy every client has the same address.
    package var connectionLimitPerAddress: Int?
    /// A connection on which nothing was received or sent for so long is closed, unless its request is being answered.
    /// Counted in whole seconds, rounded up.
    package var idleTimeout: Duration = .seconds(30)
    /// Time for a whole request to arrive, from its request line to the end of its body; after it the client is
    /// told 408 and the connection closed. A request line may take `idleTimeout` longer, counted from the end of the request before it.
    ///
    package var requestTimeout: Duration = .seconds(30)
    /// Threads that receive and send. None is held while a responder works.
    package var threadCount = 2
    /// Time that requests in flight have to finish when the server stops; after it they get 503.
    package var drainLimit: Duration = .seconds(30)
    /// Time that open streams have to say good-bye when the server stops, within the limit above; after it they are
    /// broken off.
    package var streamDrainLimit: Duration = .seconds(1)

    /// PEM file with the server's certificate, and after it those that lead to a root; nil: no TLS.
    package var certificateFile: String?
    /// PEM file with the certificate's private key, without a passphrase.
    package var privateKeyFile: String?

    package init() {}

    /// Whether connections are encrypted.
    package var isSecure: Bool { certificateFile != nil }

    /// - Throws: `ServerError.invalidSetting` for the first value out of its range.
    func validate() throws(ServerError) {
        try require(threadCount, 1...256, "threadCount")
        try require(connectionLimit, 1...1_000_000, "connectionLimit")
        try require(maximumBodyByteCount, 0...(1 << 30), "maximumBodyByteCount")
        for (path, byteCount) in largerBodies { try require(byteCount, 0...(1 << 30), "largerBodies[\(path)]") }
        try require(headerByteLimit, 1024...(1 << 20), "headerByteLimit")
        if let connectionLimitPerAddress {
            try require(connectionLimitPerAddress, 1...1_000_000, "connectionLimitPerAddress")
        }
        try require(idleTimeout, .seconds(1) ... .seconds(86_400), "idleTimeout")
        try require(requestTimeout, .milliseconds(1) ... .seconds(86_400), "requestTimeout")
        try require(drainLimit, .zero ... .seconds(86_400), "drainLimit")
        try require(streamDrainLimit, .zero ... .seconds(86_400), "streamDrainLimit")
        if (certificateFile == nil) != (privateKeyFile == nil) {
            throw .invalidSetting(
                name: certificateFile == nil ? "certificateFile" : "privateKeyFile", value: "not given",
                allowed: "a certificate and its key, or neither")
        }
    }

    /// Largest body of a request.
    /// - Parameter target: raw request target.
    func bodyByteLimit(for target: [UInt8]) -> Int {
        if largerBodies.isEmpty { return maximumBodyByteCount }
        let path = String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        return max(maximumBodyByteCount, largerBodies[path] ?? 0)
    }

    private func require<T>(_ value: T, _ range: ClosedRange<T>, _ name: String) throws(ServerError) {
        guard range.contains(value) else {
            throw .invalidSetting(name: name, value: "\(value)", allowed: "\(range.lowerBound)...\(range.upperBound)")
        }
    }
}
