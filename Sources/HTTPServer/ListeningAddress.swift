/// Where a server listens, for the people who start it.
struct ListeningAddress {
    /// As it was configured.
    let host: String
    let port: UInt16
    /// Whether it speaks TLS.
    var isSecure = false

    /// An address that a browser on this machine can open: where the server listens on every address, that of loopback.
    var url: String {
        let name =
            switch host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "[::1]"
            case _ where host.contains(":"): "[\(host)]"
            default: host
            }
        return "\(isSecure ? "https" : "http")://\(name):\(port)/"
    }
}
