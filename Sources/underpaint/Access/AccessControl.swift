import GenerationAPI
import HTTPServer
import Logging

/// Who may do what at this service: its keys, and the wrappers that hold a port's requests to them.
struct AccessControl {
    let settings: ServiceConfiguration
    let logger: Logger
    /// nil: there are no keys.
    let keys: KeyRing?

    /// - Throws: `KeyFileError`; `UnprotectedService`; `HalfCertificate`; `ServerError.unknownHost`, `.unusableCertificate`.
    init(_ settings: ServiceConfiguration, logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        let isLocal = try settings.http.isLocal()
        if !isLocal, settings.access.keyFile == nil {
            guard settings.access.isOpen else { throw UnprotectedService(host: settings.http.host) }
            logger.warning(
                "everybody who reaches \(settings.http.host) may use the service (http.open): there are no keys")
        }
        keys = try settings.access.keyFile.map { KeyRing(try KeyFile(path: $0).keys) }
        if (settings.http.certificateFile == nil) != (settings.http.privateKeyFile == nil) { throw HalfCertificate() }
        try settings.http.checkCertificate()
        warnOfPermissions()
    }

    /// What stands around the router of the port of all.
    func wrap(_ router: Router) throws -> any Responder {
        // Without keys nobody is told from anybody, so steering is for nobody.
        wrap(
            router, guests: keys == nil ? [.generate, .read] : [],
            hosts: try settings.access.allowedHosts ?? defaultHosts(settings.http))
    }

    /// What stands around the router of the operators' own port. Who reaches it may see what is measured; steering takes a
    /// key, or this machine where there are no keys.
    func wrapAdmin(_ router: Router, _ server: ServerConfiguration) throws -> any Responder {
        let isTrusted = try keys == nil && server.isLocal()
        return wrap(
            router, guests: isTrusted ? [.read, .admin] : [.read],
            hosts: try server.isLocal() ? .local : .any)
    }

    private func wrap(_ router: Router, guests: Set<AccessScope>, hosts: HostRules) -> any Responder {
        let guarded = BrowserGuard(router, router: router, hosts: hosts, origins: settings.access.allowedOrigins)
        let logged = AccessLog(RequestMetrics(guarded, router: router), router: router, logger: logger)
        return Authentication(logged, keys: keys, guests: guests)
    }

    /// With keys or where everybody is welcome a name of a stranger's own gets a page nothing that the stranger has not.
    private func defaultHosts(_ server: ServerConfiguration) throws -> HostRules {
        try keys == nil && !settings.access.isOpen && server.isLocal() ? .local : .any
    }

    /// Reads the keys again. What is wrong with them is logged, and the ones before stay.
    func reloadKeys() {
        guard let keys, let path = settings.access.keyFile else { return }
        do {
            let file = try KeyFile(path: path)
            keys.replace(with: file.keys)
            logger.notice("keys reloaded", metadata: ["keys": .stringConvertible(file.keys.count)])
            warnOfPermissions()
        } catch {
            logger.error("keys not reloaded, those before count on", metadata: ["error": "\(error)"])
        }
    }

    private func warnOfPermissions() {
        let files = [
            (settings.access.keyFile, "the file of keys"), (settings.http.privateKeyFile, "the TLS key"),
        ]
        for case (let path?, let content) in files {
            if let complaint = FilePermissions.complaint(about: path, holding: content) {
                logger.warning("\(complaint)")
            }
        }
    }
}

/// TLS was asked for by half.
struct HalfCertificate: Error, Equatable, CustomStringConvertible {
    var description: String {
        "TLS takes both http.tls_certificate and http.tls_key, or neither: one of them is missing"
    }
}

/// The service would be anybody's who reaches it, and nobody has said that it should.
struct UnprotectedService: Error, Equatable, CustomStringConvertible {
    let host: String

    var description: String {
        """
        http.host is \(host), which other machines can reach, and there are no keys: anybody could use this one.
          With keys:     underpaint key new --name me --scopes generate,read,admin
                         Put the line that it prints into a file, and start with --keys FILE (http.keys).
          Without keys:  --open (http.open: true), where something in front of the service decides who may use it.
          In a container, for this machine only:
                         docker run -p 127.0.0.1:8080:8080 -e UNDERPAINT_HTTP_OPEN=true IMAGE
        """
    }
}
