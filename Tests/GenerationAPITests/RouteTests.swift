import ExampleModels
import Generation
import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import RepositoryFiles
import Testing

struct RouteTests {
    private let api = APIHarness()

    @Test(arguments: [
        "", "/v1", "/page", "/page/nope.js", "/v2/generations", "/v1/generations/", "/v1/generations/nope",
        "/v1/models/",
        "/v1/models/nope", "/v1/models/nope/classes", "/v1/models/fashion/classes/", "/healthz/", "//healthz",
        "/v1/generations/gen_00000000000000000000000000/nope",
    ])
    func `another path is not found`(path: String) async throws {
        let response = await api.send("GET", path)
        #expect(response.status == 404)
        let problem = try response.document()
        #expect(problem.names == ["type", "title", "status", "detail", "instance"])
        #expect(problem["status"] == .integer(404))
        #expect(problem["instance"] == .string(path))
        #expect(response.headers[.contentType] == "application/problem+json")
    }

    @Test(arguments: [
        ("PUT", "/v1/generations", "POST, GET, HEAD, OPTIONS"), ("DELETE", "/v1/models", "GET, HEAD, OPTIONS"),
        ("POST", "/healthz", "GET, HEAD, OPTIONS"),
        ("PUT", "/v1/generations/gen_00000000000000000000000000", "GET, HEAD, DELETE, OPTIONS"),
        ("GET", "/v1/generations/gen_00000000000000000000000000/cancel", "POST, OPTIONS"),
        ("BREW", "/readyz", "GET, HEAD, OPTIONS"),
    ])
    func `another method is refused, and the allowed ones are named`(
        method: String, path: String, allowed: String
    ) async throws {
        let response = await api.send(method, path)
        #expect(response.status == 405)
        #expect(response.headers[.allow] == allowed)
    }

    @Test func `HEAD is answered like GET`() async throws {
        #expect(await api.send("HEAD", "/healthz").status == 200)
    }

    @Test func `the models are listed in OpenAI's form`() async throws {
        let response = await api.send("GET", "/v1/models")
        #expect(response.status == 200)
        let list = try response.document()
        #expect(list.names == ["object", "data"])
        #expect(list["object"] == .string("list"))
        #expect(list["data"]?.elements.map { $0["id"].text } == ["fashion", "other"])
    }

    @Test func `a model shows what can be asked of it`() async throws {
        let model = try await api.send("GET", "/v1/models/fashion").document()
        #expect(model["object"] == .string("model"))
        #expect(model["image"]?.text() == #"{"width":32,"height":32,"channels":1}"#)
        #expect(model["tokens"]?.text() == #"{"height":8,"width":8}"#)
        #expect(model["class_count"] == .integer(6))
        #expect(model["license"] == .string("Apache-2.0"))
        #expect(
            model["defaults"]?.text()
                == #"{"sampler":"gtr-16","guidance":3,"guidance_schedule":"linear","temperature":1}"#)
        #expect(
            model["samplers"]?.elements.map { $0["preset"].text }
                == ["mar-256", "mar-64", "gtr-32", "gtr-16", "gtr-32-fast", "gtr-16-fast", "disa-64", "halton-16"])
        #expect(model["weights"]?["sha256"].text.count == 64)
        let classes = await api.send("GET", model["classes_url"].text)
        #expect(classes.status == 200)
        #expect(try classes.document()["data"]?.elements.count == 6)
    }

    @Test(arguments: [
        ("BOOT", [9]), ("r", [0, 1, 2, 3, 7]), ("7", [7]), ("pants", [1]), ("zebra", []), ("", [0, 1, 2, 3, 7, 9]),
    ])
    func `classes are searched by name, synonym and number`(text: String, ids: [Int]) async throws {
        let response = await api.send("GET", "/v1/models/fashion/classes", query: [(name: "q", value: text)])
        #expect(try response.document()["data"]?.elements.map { $0["id"] } == ids.map { JSONValue.integer($0) })
    }

    @Test(arguments: ["/v1/models", "/v1/models/fashion", "/v1/models/fashion/classes"])
    func `models are not acceptable as anything but JSON`(path: String) async throws {
        #expect(await api.send("GET", path, headers: [.accept: "text/html"]).status == 406)
    }

    /// The API over a store that is away.
    private var broken: Router {
        Router(
            service: GenerationService(
                queue: JobQueue(BrokenStore()), models: [.example()], limits: APILimits(), capabilities: .example,
                logger: .silent, readiness: { .ready }))
    }

    @Test func `without its store a process is well, and not ready`() async throws {
        #expect(await broken.respond(to: Request(method: "GET", path: "/healthz")).status == 200)
        let response = await broken.respond(to: Request(method: "GET", path: "/readyz"))
        #expect(response.status == 503)
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:store-unavailable"))
    }

    @Test func `a store that fails is a problem without its secrets`() async throws {
        let response = await Authentication(broken, keys: nil, guests: [.generate]).respond(
            to: Request(
                method: "POST", path: "/v1/generations", headers: [.contentType: "application/json"],
                body: Array(#"{"class": 7}"#.utf8)))
        #expect(response.status == 500)
        #expect(!String(decoding: response.body.bytes ?? [], as: UTF8.self).contains("secret"))
    }

    @Test func `capabilities say what computes, why it is not what was asked for, and how much is taken`() async throws
    {
        _ = try await api.submitJob()
        let response = await api.send("GET", "/v1/capabilities")
        #expect(response.status == 200)
        let document = try response.document()
        #expect(document["version"] == .string("1.2.3") && document["instance"] == .string("instance"))
        #expect(document["compute"]?["backend"] == .string("openblas"))
        #expect(document["compute"]?["fallback"] == .string("avx512 cannot be had on this processor"))
        #expect(document["compute"]?["workers"] == .integer(2))
        #expect(document["compute"]?["threads_per_worker"] == .integer(3))
        #expect(document["compute"]?["shares_cores"] == .bool(true))
        #expect(document["limits"]?["count"] == .integer(16) && document["limits"]?["queued_jobs"] == .integer(64))
        #expect(document["queue"]?["queued"] == .integer(1) && document["queue"]?["running"] == .integer(0))
        #expect(document["queue"]?["gflop_ahead"] == .integer(5) && document["queue"]?["gflop_per_s"] == .null)
        #expect(await api.send("POST", "/v1/capabilities").status == 405)
    }

    @Test func `the documentation has every operation, and nothing takes two`() throws {
        let document = try RepositoryFiles.text("docs/api.md")
        let operations = api.router.endpoints.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(operations).count == operations.count && operations.count >= 10)
        for operation in operations { #expect(document.contains("| `\(operation)` |")) }
    }
}
