import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

@testable import GenerationAPI

/// What pages of others may do with the service.
struct BrowserGuardTests {
    private let api = APIHarness()

    private func send(
        _ method: String, _ path: String = "/v1/generations", host: String = "localhost:8080", origin: String? = nil,
        more: HTTPFields = [:], hosts: HostRules = .local, origins: AllowedOrigins = .none
    ) async -> Response {
        let guarded = Authentication(
            BrowserGuard(api.router, router: api.router, hosts: hosts, origins: origins), keys: nil,
            guests: [.generate, .read])
        var headers: HTTPFields = [.host: host, .contentType: "application/json"]
        headers[.origin] = origin
        for field in more { headers.append(field) }
        return await guarded.respond(
            to: Request(method: method, path: path, headers: headers, body: Array(#"{"class": 7}"#.utf8)))
    }

    @Test(arguments: [
        "localhost", "localhost:8080", "LOCALHOST:1", "localhost.", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080",
        "[::1]",
        "here.localhost:80",
    ])
    func `a local service goes by local names, at any port`(host: String) async {
        #expect(await send("GET", "/healthz", host: host).status == 200)
    }

    @Test(arguments: [
        "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "128.0.0.1", "0.0.0.0", "[::2]", "", "localhost:x", "localhost:0", "[::1", "127.0.0", "127.0.0.256",
        "evil.example#",
    ])
    func `a local service goes by no other name`(host: String) async throws {
        let response = await send("GET", "/healthz", host: host)
        #expect(response.status == 421)
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:foreign-host"))
        #expect(try response.document()["detail"].text.contains("http.allowed_hosts"))
    }

    @Test func `a service goes by the names it is given, with their port if they have one`() async throws {
        let hosts = try HostRules(["images.example.org", "other.example:8443"])
        for host in ["images.example.org", "Images.Example.org:99", "other.example:8443", "localhost:8080"] {
            #expect(await send("GET", "/healthz", host: host, hosts: hosts).status == 200, "\(host)")
        }
        for host in ["other.example", "other.example:80", "example.org", "x.images.example.org"] {
            #expect(await send("GET", "/healthz", host: host, hosts: hosts).status == 421, "\(host)")
        }
        #expect(await send("GET", "/healthz", host: "anything", hosts: .any).status == 200)
        #expect(throws: AccessFault.host("a/b")) { try HostRules(["a/b"]) }
    }

    @Test func `a wrong name on OpenAI's route is told in OpenAI's form`() async throws {
        let response = await send("POST", "/v1/images/generations", host: "evil.example")
        #expect(response.status == 421)
        #expect(try response.document()["error"]?["code"] == .string("foreign_host"))
    }

    @Test(arguments: ["http://localhost:8080", "https://localhost:8080"])
    func `a page of the service's own may change things`(origin: String) async {
        #expect(await send("POST", origin: origin).status == 202)
    }

    @Test func `the port of the scheme goes without saying`() async {
        #expect(await send("POST", host: "localhost", origin: "http://localhost").status == 202)
        #expect(await send("POST", host: "localhost:443", origin: "https://localhost").status == 202)
        #expect(await send("POST", host: "localhost:8080", origin: "http://localhost").status == 403)
    }

    @Test(arguments: [
        "http://evil.example", "null", "http://localhost:9090", "file://", "", "http://localhost:8080.evil.example",
        "ftp://localhost:8080",
    ])
    func `a page of others changes nothing`(origin: String) async throws {
        let response = await send("POST", origin: origin)
        #expect(response.status == 403)
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:foreign-origin"))
        #expect(await send("DELETE", "/v1/generations/gen_x", origin: origin).status == 403)
        #expect(try await api.queue.status().queuedJobs == 0)
        // It may look, and its browser lets it see nothing.
        let look = await send("GET", origin: origin)
        #expect(look.status == 200 && look.headers[.accessControlAllowOrigin] == nil)
    }

    @Test func `an allowed page may do what the service's own may, and read it`() async throws {
        let origins = try AllowedOrigins(["https://app.example.org"])
        let response = await send("POST", origin: "https://app.example.org", origins: origins)
        #expect(response.status == 202)
        #expect(response.headers[.accessControlAllowOrigin] == "https://app.example.org")
        #expect(response.headers[.accessControlExposeHeaders]?.contains("Location") == true)
        #expect(response.headers[.vary] == "Origin")
        #expect(response.headers[.accessControlAllowCredentials] == nil)
        let other = await send("GET", origin: "https://app.example.org.evil", origins: origins)
        #expect(other.headers[.accessControlAllowOrigin] == nil && other.headers[.vary] == "Origin")
    }

    @Test func `the browser of an allowed page is told what it may send`() async throws {
        let origins = try AllowedOrigins(["https://app.example.org"])
        let question: HTTPFields = [
            .accessControlRequestMethod: "POST", .accessControlRequestHeaders: "authorization,content-type",
        ]
        let answer = await send("OPTIONS", origin: "https://app.example.org", more: question, origins: origins)
        #expect(answer.status == 204)
        #expect(answer.headers[.accessControlAllowOrigin] == "https://app.example.org")
        #expect(answer.headers[.accessControlAllowMethods] == "POST, GET, HEAD, OPTIONS")
        #expect(answer.headers[.accessControlAllowHeaders] == "authorization,content-type")
        let foreign = await send("OPTIONS", origin: "https://evil.example", more: question, origins: origins)
        #expect(foreign.status == 204 && foreign.headers[.accessControlAllowOrigin] == nil)
    }

    @Test(arguments: [
        "*", "null", "example.org", "https://example.org/", "https://Example.org", "https://example.org:443",
    ])
    func `what no browser sends is no origin to allow`(text: String) {
        #expect(throws: AccessFault.origin(text)) { try AllowedOrigins([text]) }
    }
}
