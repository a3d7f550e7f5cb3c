import ExampleModels
import HTTPServer
import HTTPTypes
import JSON
import Testing

@testable import GenerationAPI

struct PageTests {
    private let api = APIHarness()

    @Test(arguments: ["text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"])
    func `a browser gets the page`(accept: String) async throws {
        let response = await api.send("GET", "/", headers: [.accept: accept])
        #expect(response.status == 200 && response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(response.headers[.vary] == "Accept")
        #expect(response.headers[.contentSecurityPolicy]?.contains("unsafe") == false)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        let tag = try #require(response.headers[.eTag])
        #expect(await api.send("GET", "/", headers: [.accept: accept, .ifNoneMatch: tag]).status == 304)
    }

    @Test(arguments: [nil, "*/*", "application/json"])
    func `another client gets what there is, in JSON`(accept: String?) async throws {
        var headers: HTTPFields = [.host: "example.org:8080"]
        headers[.accept] = accept
        let document = try await api.send("GET", "/", headers: headers).document()
        #expect(document["links"]?["contract"] == .string("http://example.org:8080/openapi.json"))
        #expect(document["try"].text.contains(#"{"class": 0}"#))
    }

    @Test func `the page is made of what it names, and is small`() async throws {
        var size = PageFile.page.bytes.count
        let page = String(decoding: PageFile.page.bytes, as: UTF8.self)
        let sources = PageFile.parts.map { String(decoding: $0.bytes, as: UTF8.self) }
        for part in PageFile.parts {
            let response = await api.send("GET", "/page/\(part.name)")
            #expect(response.status == 200 && response.headers[.contentType] == part.type)
            size += response.body.bytes?.count ?? 0
            #expect(page.contains("/page/\(part.name)") || sources.contains { $0.contains("'./\(part.name)'") })
        }
        #expect(size < 100_000)
    }

    @Test func `a model without pictures says so, and who paints them`() async throws {
        let response = await api.send("GET", "/v1/models/fashion/pictures")
        #expect(response.status == 404)
        #expect(try response.document()["detail"].text.contains("underpaint pictures --model fashion"))
        #expect(try await api.send("GET", "/v1/models/fashion").document()["pictures"] == nil)
    }
}
