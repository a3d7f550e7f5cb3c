import Generation

/// A request as S3 signs it (AWS Signature Version 4, "Authenticating Requests: Using the Authorization Header").
struct S3Request {
    var method: String
    /// As the `Host` header has it.
    var host: String
    /// Not encoded, from the first slash.
    var path: String
    /// Not encoded.
    var query: [(name: String, value: String)] = []
    /// Beside those of the signature; names in lower case.
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// Path and query as they are sent, and as they are signed.
    var target: String { query.isEmpty ? encodedPath : "\(encodedPath)?\(encodedQuery)" }

    private var encodedPath: String { path.percentEncoded(keeping: "/") }

    private var encodedQuery: String {
        query.map { ($0.name.percentEncoded(), $0.value.percentEncoded()) }.sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// All headers to send but `Host`, with the signature.
    ///
    /// - Parameter time: 20130524T000000Z; the server refuses one that is a quarter of an hour off.
    func signedHeaders(
        _ credentials: S3Credentials, region: String, time: String
    ) -> [(name: String, value: String)] {
        let payload = SHA256Digest(of: body).description
        var headers = headers + [("x-amz-content-sha256", payload), ("x-amz-date", time)]
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let signed = (headers + [("host", host)]).sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            method, encodedPath, encodedQuery, signed.map { "\($0.name):\($0.value)\n" }.joined(), names, payload,
        ].joined(separator: "\n")
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/s3/aws4_request"
        let text = ["AWS4-HMAC-SHA256", time, scope, SHA256Digest(of: canonical.utf8).description]
            .joined(separator: "\n")
        let key = [day, region, "s3", "aws4_request"].reduce(Array("AWS4\(credentials.secretKey)".utf8)) {
            SHA256.keyed(by: $0, Array($1.utf8))
        }
        let signature = SHA256.keyed(by: key, Array(text.utf8)).hexadecimal
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope),"
            + "SignedHeaders=\(names),Signature=\(signature)"
        return headers + [("authorization", authorization)]
    }
}

extension String {
    /// As S3 encodes: everything but the unreserved characters of RFC 3986.
    func percentEncoded(keeping kept: String = "") -> String {
        utf8.reduce(into: "") { text, byte in
            if byte.isLetterOrDigit || "-._~".utf8.contains(byte) || kept.utf8.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + [byte].hexadecimal.uppercased()
            }
        }
    }
}
