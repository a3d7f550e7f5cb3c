import ExampleModels
import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

@testable import GenerationAPI

@Suite("What a refusal tells a new user")
struct HintTests {
    private let api = APIHarness()

    private func detail(_ method: String, _ path: String) async throws -> String {
        let response = await api.send(method, path)
        #expect(response.status == 404)
        return try response.document()["detail"].text
    }

    /// Field and detail of each fault.
    private func faults(_ body: String, at path: String = "/v1/generations") async throws -> [String: String] {
        let response = await api.submit(body)
        #expect(response.status == 400)
        let faults = try response.document()["errors"]?.elements ?? []
        return Dictionary(faults.map { ($0["pointer"].text, $0["detail"].text) }) { first, _ in first }
    }

    @Test(arguments: [
        ("/v1/models/", "/v1/models"), ("//healthz", "/healthz"), ("/healthz/", "/healthz"), ("/health", "/healthz"),
        ("/V1/Models", "/v1/models"), ("/v1/generation", "/v1/generations"), ("/v2/generations", "/v1/generations"),
        ("/docs", "/openapi.json"), ("/ready", "/readyz"), ("/models", "/v1/models"), ("/metric", "/metrics"),
        ("/v1/model/fashion", "/v1/models/fashion"), ("/v1/models/fashion/class", "/v1/models/fashion/classes"),
        ("/v1/generations/gen_1/event", "/v1/generations/gen_1/events"), ("/v1/images", "/v1/images/generations"),
    ])
    func `a path that is near another one, or is known from other services, names it`(
        path: String, meant: String
    ) async throws {
        #expect(try await detail("GET", path) == "nothing is at \(path); did you mean \(meant)?")
    }

    @Test(arguments: [
        "/page", "/v1", "/nonsense", "/v1/generations/gen_1/nonsense", String(repeating: "/a", count: 5000),
    ])
    func `a path that is near none says what there is`(path: String) async throws {
        let detail = try await detail("GET", path)
        #expect(detail.contains("; there are /v1/generations, /v1/images/generations, /v1/images/verify, /v1/models, "))
        #expect(detail.hasSuffix(", /openapi.json") && detail.count < 600)
    }

    @Test func `an id that cannot be one is told so`() async throws {
        #expect(
            try await detail("GET", "/v1/generations/gen_abc")
                == "there is no generation \"gen_abc\": an id is gen_ and 26 letters and digits")
    }

    @Test func `a model that is not there is answered with the nearest, or with all`() async throws {
        #expect(
            try await detail("GET", "/v1/models/fashon") == "there is no model \"fashon\"; did you mean fashion?")
        #expect(
            try await detail("GET", "/v1/models/zzz") == "there is no model \"zzz\"; there are fashion and other")
    }

    @Test(arguments: [
        ("/v1/models/fashion/classes", "query", "did you mean q?"),
        ("/v1/generations", "stat", "did you mean status?"),
        ("/v1/generations", "zzz", "there are status, limit and cursor"), ("/v1/models", "q", "which has none"),
    ])
    func `a query parameter that nobody knows is refused with the nearest`(
        path: String, name: String, hint: String
    ) async throws {
        let response = await api.send("GET", path, query: [(name: name, value: "boot")])
        #expect(response.status == 400)
        #expect(try response.pointers() == ["/\(name)"])
        #expect(try response.document()["detail"].text.hasSuffix(hint))
    }

    @Test func `probes and scrapers may ask with any parameter`() async {
        for path in ["/healthz", "/metrics"] {
            #expect(await api.send("GET", path, query: [(name: "t", value: "1")]).status == 200)
        }
    }

    @Test(arguments: [
        ("clas", "class"), ("cfg", "guidance"), ("steps", "sampler.steps"), ("num_images", "count"), ("n", "count"),
        ("prompt", "class"), ("label", "class"), ("Guidance-Scale", "guidance"), ("max", "sampler.diffusion_steps.max"),
        ("fts", "sampler.fts"), ("seeds", "seed"), ("num_inference_steps", "sampler.steps"),
    ])
    func `a field that nobody knows is answered with what may have been meant`(
        name: String, meant: String
    ) async throws {
        let found = try await faults("{\"class\": 7, \"\(name)\": 1}")
        #expect(found == ["/\(name)": "is no field of this request; did you mean \(meant)?"])
    }

    @Test func `fields of the sampler are found where they belong`() async throws {
        let found = try await faults(#"{"class": 7, "sampler": {"stepps": 1, "max": 3, "cfg": 4}}"#)
        #expect(found["/sampler/stepps"]?.hasSuffix("did you mean sampler.steps?") == true)
        #expect(found["/sampler/max"]?.hasSuffix("did you mean sampler.diffusion_steps.max?") == true)
        #expect(found["/sampler/cfg"]?.hasSuffix("did you mean guidance, beside sampler?") == true)
    }

    @Test func `the list of all fields comes once`() async throws {
        let found = try await faults(#"{"class": 7, "clas": 1, "colour": 1, "weather": 1}"#)
        #expect(found.values.count { $0.contains("there are model, class, count") } == 1)
        #expect(found["/weather"] == "is no field of this request")
    }

    @Test func `OpenAI's clients are told the names of their own route`() async throws {
        let response = await api.send(
            "POST", "/v1/images/generations", body: #"{"class": 7, "count": 2}"#,
            headers: [.contentType: "application/json"])
        let message = try response.document()["error"]?["message"].text ?? ""
        #expect(message.contains("did you mean prompt?") && message.contains("did you mean n?"))
    }

    @Test(arguments: [
        ("gtr16", "gtr-16"), ("GTR_32", "gtr-32"), ("mar64", "mar-64"), ("halton", "halton-16"),
    ])
    func `a preset that is near another one names it`(name: String, meant: String) async throws {
        let found = try await faults("{\"class\": 7, \"sampler\": \"\(name)\"}")
        #expect(found == ["/sampler": "unknown preset \"\(name)\"; did you mean \(meant)?"])
    }

    @Test func `the detail is the reason itself where one field is bad, and their names where some are`() async throws {
        let one = try await api.submit(#"{"class": 7, "count": 17}"#).document()
        #expect(one["detail"] == .string("count: must be 1...16, not 17"))
        let two = try await api.submit(#"{"class": 7, "count": 17, "sampler": {"fts": 1}}"#).document()
        #expect(two["detail"] == .string("2 fields are invalid: sampler.fts, count"))
    }

    @Test(arguments: [nil, "application/x-www-form-urlencoded"])
    func `a body that does not say it is JSON is told how to say it`(contentType: String?) async throws {
        var headers: HTTPFields = [:]
        headers[.contentType] = contentType
        let response = await api.send("POST", "/v1/generations", body: #"{"class": 7}"#, headers: headers)
        #expect(try response.document()["detail"].text.hasSuffix("send the header Content-Type: application/json"))
    }

    @Test(arguments: [
        ("/v1/generations", "POST, GET, HEAD, OPTIONS"), ("/healthz", "GET, HEAD, OPTIONS"),
        ("*", "POST, GET, HEAD, DELETE, OPTIONS"),
    ])
    func `OPTIONS is answered with what may be asked`(path: String, allowed: String) async {
        let response = await api.router.respond(to: Request(method: "OPTIONS", path: path))
        #expect(response.status == 204 && response.headers[.allow] == allowed)
        #expect(await api.router.respond(to: Request(method: "OPTIONS", path: "/nope")).status == 404)
    }

    @Test func `a number with a plus sign is no class`() async throws {
        #expect(try await faults(#"{"class": "+9"}"#).keys.first == "/class")
    }
}
