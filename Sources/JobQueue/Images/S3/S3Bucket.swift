/// A bucket of Amazon S3, or of a store that speaks its language, and where in it.
package struct S3Bucket: Sendable, Equatable {
    /// Where requests go: `https://HOST` or `https://HOST:PORT`, or http.
    package struct Endpoint: Sendable, Equatable, LosslessStringConvertible {
        package let description: String
        /// With its slashes.
        let scheme: String
        /// As the `Host` header has it.
        let host: String

        /// nil unless the text has that form. The port of the scheme may be left out.
        package init?(_ description: String) {
            let (scheme, standardPort) = description.hasPrefix("http://") ? ("http://", "80") : ("https://", "443")
            guard description.hasPrefix(scheme) else { return nil }
            var host = description.dropFirst(scheme.count)
            while host.last == "/" { host = host.dropLast() }
            let allowed = host.utf8.allSatisfy { byte in
                byte.isLetterOrDigit || "-._:[]".utf8.contains(byte)
            }
            guard allowed, let last = host.last, last != ":" else { return nil }
            if host.hasSuffix(":\(standardPort)") { host = host.dropLast(standardPort.count + 1) }
            self.host = host.lowercased()
            self.scheme = scheme
            self.description = scheme + self.host
        }
    }

    package let endpoint: Endpoint
    package let name: String
    /// Before the names of our objects: empty, or ends with a slash.
    package let prefix: String
    package let region: String

    /// - Parameters:
    ///   - endpoint: nil: Amazon's, of the region.
    ///   - prefix: slashes around it do not matter.
    /// - Returns: nil for a region that cannot be part of a host's name.
    package init?(name: String, prefix: String, region: String, endpoint: Endpoint? = nil) {
        guard let endpoint = endpoint ?? Endpoint("https://s3.\(region).amazonaws.com") else { return nil }
        self.endpoint = endpoint
        self.name = name
        self.region = region
        let words = prefix.split(separator: "/")
        self.prefix = words.isEmpty ? "" : words.joined(separator: "/") + "/"
    }
}

/// Who we are to S3.
package struct S3Credentials: Sendable, Equatable {
    let accessKey: String
    let secretKey: String
    /// Of credentials that end; nil: these do not.
    let sessionToken: String?

    /// From the variables that every program takes them from: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
    /// `AWS_SESSION_TOKEN`.
    ///
    /// - Returns: nil where one of the first two is missing.
    package init?(environment: [String: String]) {
        guard let accessKey = environment["AWS_ACCESS_KEY_ID"], !accessKey.isEmpty,
            let secretKey = environment["AWS_SECRET_ACCESS_KEY"], !secretKey.isEmpty
        else { return nil }
        self.accessKey = accessKey
        self.secretKey = secretKey
        let token = environment["AWS_SESSION_TOKEN"] ?? ""
        sessionToken = token.isEmpty ? nil : token
    }
}

extension UInt8 {
    /// In ASCII.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
