import CoreMetrics
import HTTPServer
import HTTPTypes
import JobQueue
import Logging
import Telemetry
import Testing

@testable import GenerationAPI

struct WrapperTests {
    private let registry = PrometheusRegistry()
    private let log = RecordedLog()
    private let router = Router(
        [
            Endpoint(.get, "/v1/things/{id}", needs: nil) { _, _ in Response(status: 200, body: [1, 2, 3]) },
            Endpoint(.get, "/healthz", needs: nil) { _, _ in Response(status: 204) },
            Endpoint(.get, "/stream", needs: nil) { _, _ in
                Response(status: 200, body: .stream(ResponseStream { _ in throw CancellationError() }))
            },
        ], logger: .silent)

    private func send(_ request: Request) async -> Response {
        let wrapped = AccessLog(RequestMetrics(router, router: router), router: router, logger: log.logger)
        return await withMetricsFactory(registry) { await wrapped.respond(to: request) }
    }

    private func count(_ method: String, _ route: String, _ status: Int) -> String {
        "http_server_request_duration_seconds_count{http_request_method=\"\(method)\","
            + "http_response_status_code=\"\(status)\",http_route=\"\(route)\",url_scheme=\"http\"} "
    }

    @Test func `requests are counted by route, and no id is in a label`() async {
        _ = await send(Request(method: "GET", path: "/v1/things/secret"))
        _ = await send(Request(method: "GET", path: "/v1/things/other"))
        _ = await send(Request(method: "DELETE", path: "/v1/things/other"))
        #expect(registry.text.contains(count("GET", "/v1/things/{id}", 200) + "2\n"))
        #expect(registry.text.contains(count("DELETE", "/v1/things/{id}", 405) + "1\n"))
        #expect(!registry.text.contains("secret"))
    }

    @Test func `what fits no route, and methods that are none, make one series`() async {
        for name in ["a", "b"] { _ = await send(Request(method: name.uppercased(), path: "/nothing/\(name)")) }
        #expect(registry.text.contains(count("_OTHER", "unmatched", 404) + "2\n"))
    }

    @Test func `HEAD is counted and logged as such, and has no bytes`() async {
        _ = await send(Request(method: "GET", isHead: true, path: "/v1/things/7"))
        #expect(registry.text.contains(count("HEAD", "/v1/things/{id}", 200) + "1\n"))
        #expect(log.lines.map { $0.metadata["method"] } == ["HEAD"])
        #expect(log.lines.map { $0.metadata["bytes"]?.description } == ["0"])
    }

    @Test func `a request is one line at info, without its query`() async throws {
        _ = await send(
            Request(
                method: "GET", path: "/v1/things/7", query: [(name: "token", value: "secret")],
                headers: [.traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"], requestID: "abc"))
        let line = try #require(log.lines.first)
        #expect(log.lines.count == 1 && line.level == .info)
        #expect(line.metadata["method"] == "GET" && line.metadata["route"] == "/v1/things/{id}")
        #expect(line.metadata["path"] == "/v1/things/7" && line.metadata["status"]?.description == "200")
        #expect(line.metadata["bytes"]?.description == "3" && line.metadata["request_id"] == "abc")
        #expect(line.metadata["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(line.metadata["duration_ms"] != nil)
        #expect(!"\(line.metadata)".contains("secret"))
    }

    @Test func `what probes ask is at debug`() async {
        _ = await send(Request(method: "GET", path: "/healthz"))
        #expect(log.lines.map(\.level) == [.debug])
    }

    @Test func `a stream is measured and logged when it is let go`() async {
        var response: Response? = await send(Request(method: "GET", path: "/stream"))
        #expect(log.lines.isEmpty && registry.text.isEmpty)
        #expect(response?.status == 200)
        await withMetricsFactory(registry) { response = nil }
        #expect(log.lines.map { $0.metadata["route"] } == ["/stream"])
        #expect(registry.text.contains(count("GET", "/stream", 200) + "1\n"))
    }
}

struct TraceParentTests {
    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
    ])
    func `what is not well-formed is no trace`(text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test func `two fields are no trace`() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        var headers: HTTPFields = [.traceParent: text]
        #expect(TraceParent(headers)?.description == text)
        headers.append(HTTPField(name: .traceParent, value: text))
        #expect(TraceParent(headers) == nil)
    }

    @Test func `a later version may say more, which is left out`() {
        let text = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(TraceParent(text + "-more")?.description == text)
    }

    @Test func `a job is in the trace of its request`() async throws {
        let api = APIHarness()
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        _ = await api.submit(#"{"class": 7}"#, headers: [.traceParent: text])
        let job = try await api.claimNext().job
        #expect(job.traceParent == text && job.logMetadata["traceparent"] == "\(text)")
    }
}
