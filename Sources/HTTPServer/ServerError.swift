/// What can go wrong in this module, with the value that was wrong.
package enum ServerError: Error, Equatable, CustomStringConvertible {
    /// A setting is out of its range.
    case invalidSetting(name: String, value: String, allowed: String)
    /// The host has no address.
    case unknownHost(String, reason: String)
    /// The address cannot be listened on: taken, not of this machine, or privileged.
    case cannotListen(host: String, port: UInt16, reason: String)
    /// A file of the certificate or its key cannot be read, or is not one.
    case unusableCertificate(file: String, reason: String)
    /// The server was asked for its port, or started, after it had stopped.
    case stopped
    /// A request target that is not one (RFC 9112, section 3.2), or cannot be decoded.
    case malformedTarget(reason: String)

    package var description: String {
        switch self {
        case .invalidSetting(let name, let value, let allowed): "\(name) is \(value), allowed is \(allowed)"
        case .unknownHost(let host, let reason): "no address for host \(host): \(reason)"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host) port \(port): \(reason)"
        case .unusableCertificate(let file, let reason): "cannot use \(file) for TLS: \(reason)"
        case .stopped: "the server has stopped"
        case .malformedTarget(let reason): reason
        }
    }
}
