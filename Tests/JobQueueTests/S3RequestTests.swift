import Testing

@testable import JobQueue

/// Signatures against the examples of Amazon's documentation ("Authenticating Requests: Using the Authorization Header").
struct S3RequestTests {
    private static let list = [("max-keys", "2"), ("prefix", "J")]
    private static let write = [
        ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ]

    @Test(
        arguments: [
            (
                request("GET", "/test.txt", headers: [("range", "bytes=0-9")]),
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            (
                request("PUT", "/test$file.text", headers: write, body: "Welcome to Amazon S3."),
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
            ),
            (
                request("GET", "/", query: [("lifecycle", "")]),
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
            ),
            (request("GET", "/", query: list), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
            (
                request("GET", "/", query: list.reversed()),
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ] as [(S3Request, String)])
    func `a request is signed as in the documentation`(request: S3Request, signature: String) throws {
        let credentials = try #require(
            S3Credentials(environment: [
                "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ]))
        let headers = request.signedHeaders(credentials, region: "us-east-1", time: "20130524T000000Z")
        #expect(headers.last?.name == "authorization")
        #expect(headers.last?.value.hasSuffix("Signature=\(signature)") == true)
    }

    @Test func `a token of credentials that end is sent and signed`() throws {
        let environment = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "t"]
        let credentials = try #require(S3Credentials(environment: environment))
        let headers = Self.request("GET", "/").signedHeaders(
            credentials, region: "r", time: "20130524T000000Z")
        #expect(headers.contains { $0 == ("x-amz-security-token", "t") })
        #expect(headers.last?.value.contains("x-amz-date;x-amz-security-token") == true)
    }

    @Test func `names are encoded as they are signed`() {
        #expect(
            Self.request("GET", "/a b/ü+~", query: [("b", "/ "), ("a", "=")]).target
                == "/a%20b/%C3%BC%2B~?a=%3D&b=%2F%20")
    }

    @Test(
        arguments: [
            ("https://s3.example", "https://s3.example", "s3.example"),
            ("https://S3.example:443/", "https://s3.example", "s3.example"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000", "127.0.0.1:9000"),
            ("http://[::1]:80", "http://[::1]", "[::1]"),
        ])
    func `an endpoint is scheme and host`(text: String, description: String, host: String) {
        let endpoint = S3Bucket.Endpoint(text)
        #expect(endpoint?.description == description)
        #expect(endpoint?.host == host)
    }

    @Test(arguments: [
        "", "s3.example", "ftp://a", "https://", "https://a/b", "https://u:p@a", "https://a b", "http://a:",
    ])
    func `another text is no endpoint`(text: String) {
        #expect(S3Bucket.Endpoint(text) == nil)
    }

    @Test func `texts of elements are read, with what is escaped in them`() {
        let text = XMLText(Array("<A><Key>x</Key><Key>a&amp;lt;b</Key><Keys>no</Keys></A>".utf8))
        #expect(text.values(of: "Key") == ["x", "a&lt;b"])
        #expect(text.values(of: "Code").isEmpty)
    }

    private static func request(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [(String, String)] = [],
        body: String = ""
    ) -> S3Request {
        S3Request(
            method: method, host: "examplebucket.s3.amazonaws.com", path: path,
            query: query.map { (name: $0.0, value: $0.1) }, headers: headers.map { (name: $0.0, value: $0.1) },
            body: Array(body.utf8))
    }
}
