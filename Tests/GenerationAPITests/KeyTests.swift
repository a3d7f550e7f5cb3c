import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging
import Testing

@testable import GenerationAPI

/// Who may call what.
struct KeyTests {
    private let api = APIHarness(
        keys: KeyRing([
            .example("alice"), .example("reader", [.read]), .example("maker", [.generate]), .example("chief", [.admin]),
        ]))

    @Test func `every row of the table that needs a scope refuses who has no key`() async {
        for endpoint in api.router.endpoints {
            let path = endpoint.path.description
                .replacing("{id}", with: "\(JobID())").replacing("{n}", with: "0").replacing("{name}", with: "fashion")
            let response = await api.send(endpoint.method.rawValue, path)
            if endpoint.scope == nil {
                #expect(![401, 403].contains(response.status), "\(endpoint.path)")
            } else {
                #expect(response.status == 401, "\(endpoint.path)")
                #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer ") == true, "\(endpoint.path)")
            }
        }
    }

    @Test func `only health, the contract and the page itself are for everybody`() {
        let open = api.router.endpoints.filter { $0.scope == nil }.map(\.path.description)
        #expect(Set(open) == ["/healthz", "/readyz", "/openapi.json", "/", "/page/{file}"])
    }

    @Test(arguments: [
        ("GET", "/v1/models", "reader", 200), ("GET", "/v1/models", "maker", 403), ("GET", "/metrics", "reader", 200),
        ("GET", "/v1/generations", "maker", 403), ("GET", "/v1/admin/queue", "alice", 403),
        ("GET", "/v1/admin/queue", "chief", 200), ("GET", "/v1/models", "chief", 403),
    ])
    func `a key is for its scopes and no others`(method: String, path: String, key: String, status: Int) async {
        #expect(await api.send(method, path, headers: .key(key)).status == status)
    }

    @Test func `a refusal names the scope that is missing, and whose key it is`() async throws {
        let response = await api.submit(#"{"class": 7}"#, headers: .key("reader"))
        #expect(response.status == 403)
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:forbidden"))
        #expect(try response.document()["detail"] == .string("the key reader has not the scope generate"))
        #expect(response.headers[.wwwAuthenticate]?.contains(#"scope="generate""#) == true)
        #expect(await api.submit(#"{"class": 7}"#, headers: .key("maker")).status == 202)
    }

    @Test(arguments: [
        "Bearer up_nobody", "Bearer", "Bearer ", "Basic YWxpY2U6eA==", "up_alice", "Bearer up_alice x",
        "Bearer up_Alice",
    ])
    func `what is no key is refused, and what it was is not repeated`(field: String) async throws {
        let response = await api.send("GET", "/v1/models", headers: [.authorization: field])
        #expect(response.status == 401)
        #expect(response.headers[.wwwAuthenticate]?.contains("error=") == true)
        #expect(!String(decoding: response.body.bytes ?? [], as: UTF8.self).contains("nobody"))
    }

    @Test func `the name of the kind is in any case, and two keys are none`() async {
        #expect(await api.send("GET", "/v1/models", headers: [.authorization: "bearer up_alice"]).status == 200)
        var two = HTTPFields.key("alice")
        two.append(HTTPField(name: .authorization, value: "Bearer up_reader"))
        #expect(await api.send("GET", "/v1/models", headers: two).status == 401)
    }

    @Test func `what needs no key looks at none`() async {
        #expect(await api.send("GET", "/healthz", headers: .key("nobody")).status == 200)
    }

    @Test func `a service without keys takes what OpenAI's clients send as one, and steers for nobody`() async throws {
        let open = APIHarness()
        #expect(await open.send("GET", "/v1/models", headers: .key("anything")).status == 200)
        let response = await open.send("POST", "/v1/admin/pause")
        #expect(response.status == 403)
        #expect(try response.document()["detail"].text.contains("http.keys"))
    }

    @Test func `errors of keys on OpenAI's route are in OpenAI's form`() async throws {
        let body = #"{"prompt": "sneaker"}"#
        let json: HTTPFields = [.contentType: "application/json"]
        let unknown = await api.send("POST", "/v1/images/generations", body: body, headers: json)
        #expect(unknown.status == 401)
        #expect(try unknown.document()["error"]?["code"] == .string("invalid_api_key"))
        #expect(unknown.headers[.shouldRetry] == "false")
        let reader = await api.send("POST", "/v1/images/generations", body: body, headers: .key("reader"))
        #expect(reader.status == 403)
        #expect(try reader.document()["error"]?["message"].text.contains("generate") == true)
        #expect(try reader.document()["error"]?["type"] == .string("permission_error"))
    }

    @Test func `a request that nobody looked at may do nothing`() async {
        let request = Request(method: "GET", path: "/v1/models")
        #expect(await api.router.respond(to: request).status == 401)
    }

    @Test func `replaced keys count at once, and those that went do not`() async {
        let ring = KeyRing([.example("old")])
        let api = APIHarness(keys: ring)
        #expect(await api.send("GET", "/v1/models", headers: .key("new")).status == 401)
        ring.replace(with: [.example("new")])
        #expect(await api.send("GET", "/v1/models", headers: .key("new")).status == 200)
        #expect(await api.send("GET", "/v1/models", headers: .key("old")).status == 401)
    }

    @Test func `keys are long, begin alike, and none comes twice`() {
        let keys = (0..<100).map { _ in KeyText().description }
        #expect(Set(keys).count == 100)
        for key in keys { #expect(key.wholeMatch(of: /up_[A-Za-z0-9]{32}/) != nil) }
    }

    @Test func `the access log has the name of the key, and never the key`() async {
        let log = RecordedLog()
        let logged = Authentication(
            AccessLog(api.router, router: api.router, logger: log.logger), keys: KeyRing([.example("alice")]),
            guests: [])
        _ = await logged.respond(to: Request(method: "GET", path: "/v1/models", headers: .key("alice")))
        _ = await logged.respond(to: Request(method: "GET", path: "/v1/models", headers: .key("eve")))
        #expect(log.lines.map { $0.metadata["key"] } == ["alice", nil])
        #expect(!"\(log.lines)".contains("up_"))
    }
}
