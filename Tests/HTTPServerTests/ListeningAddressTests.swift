import Testing

@testable import HTTPServer

@Suite("The address to open")
struct ListeningAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "http://127.0.0.1:8080/"), ("0.0.0.0", "http://127.0.0.1:8080/"), ("::", "http://[::1]:8080/"),
        ("::1", "http://[::1]:8080/"), ("fe80::1", "http://[fe80::1]:8080/"),
        ("example.org", "http://example.org:8080/"),
    ])
    func `it can be opened on this machine`(host: String, url: String) {
        #expect(ListeningAddress(host: host, port: 8080).url == url)
    }
}
