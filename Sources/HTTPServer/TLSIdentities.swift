internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// The certificate that handshakes get, and all that they got before.
///
/// A handshake under way may still use an older one, and nobody tells when it ends. They are few and small, so they stay
/// until the server goes.
@safe final class TLSIdentities {
    private let allocated: UnsafeMutablePointer<cmhd_identity_slot>
    private let loaded = Mutex<[Identity]>([])

    init() {
        unsafe allocated = UnsafeMutablePointer<cmhd_identity_slot>.allocate(capacity: 1)
        unsafe allocated.initialize(to: cmhd_identity_slot())
    }

    /// Where handshakes look; nil before the first was loaded.
    var slot: UnsafeMutablePointer<cmhd_identity_slot>? {
        loaded.withLock { unsafe $0.isEmpty ? nil : allocated }
    }

    /// - Parameters:
    ///   - certificate: path of a PEM file, the server's certificate first.
    ///   - key: path of a PEM file.
    /// - Throws: `ServerError.unusableCertificate`, and nothing changes.
    func load(certificate: String, key: String) throws(ServerError) {
        let identity = try Identity(certificate: certificate, key: key)
        loaded.withLock { loaded in
            loaded.append(identity)
            unsafe cmhd_set_identity(allocated, identity.pointer)
        }
    }

    deinit { unsafe allocated.deallocate() }
}

// The slot is written by an atomic operation and read by one; the list is behind a mutex.
extension TLSIdentities: @unchecked Sendable {}

extension ServerConfiguration {
    /// Reads the certificate and its key, to say what is wrong with them before anything else is done.
    /// - Throws: `ServerError.unusableCertificate`.
    package func checkCertificate() throws(ServerError) {
        guard let certificateFile, let privateKeyFile else { return }
        try TLSIdentities().load(certificate: certificateFile, key: privateKeyFile)
    }
}

extension ExchangeContext {
    /// Does nothing without TLS.
    /// - Throws: `ServerError.unusableCertificate`.
    func loadCertificate() throws(ServerError) {
        guard let certificate = configuration.certificateFile, let key = configuration.privateKeyFile else { return }
        try identities.load(certificate: certificate, key: key)
    }
}

/// Owner of one loaded certificate chain with its key.
@safe private final class Identity {
    let pointer: UnsafeMutablePointer<cmhd_identity>

    init(certificate: String, key: String) throws(ServerError) {
        let (chainBytes, keyBytes) = (try Self.read(certificate), try Self.read(key))
        var fault = CMHD_IDENTITY_FINE
        var reason: UnsafePointer<CChar>?
        let loaded = unsafe cmhd_load_identity(
            chainBytes, chainBytes.count, keyBytes, keyBytes.count, &fault, &reason)
        guard let loaded = unsafe loaded else {
            let text = unsafe reason.map { unsafe String(cString: $0) } ?? ""
            switch fault {
            case CMHD_IDENTITY_MISMATCH:
                throw .unusableCertificate(file: key, reason: "it is not the key of the certificate \(certificate)")
            case CMHD_IDENTITY_BAD_KEY:
                throw .unusableCertificate(file: key, reason: "no private key in PEM without a passphrase: \(text)")
            default:
                throw .unusableCertificate(file: certificate, reason: "no certificates in PEM: \(text)")
            }
        }
        unsafe pointer = unsafe loaded
    }

    deinit { unsafe cmhd_free_identity(pointer) }

    /// A file of this kind has so many bytes at most.
    private static let byteLimit = 1 << 20

    private static func read(_ path: String) throws(ServerError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unusableCertificate(file: path, reason: reasonOfFailure) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: byteLimit)
        var count = 0
        while count < byteLimit {
            let piece = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: count), byteLimit - count)
            }
            if piece < 0, errno == EINTR { continue }
            guard piece >= 0 else { throw .unusableCertificate(file: path, reason: reasonOfFailure) }
            if piece == 0 { return Array(bytes.prefix(count)) }
            count += piece
        }
        throw .unusableCertificate(file: path, reason: "it has \(byteLimit) bytes or more")
    }

    private static var reasonOfFailure: String { unsafe String(cString: strerror(errno)) }
}

// It never changes.
extension Identity: @unchecked Sendable {}
