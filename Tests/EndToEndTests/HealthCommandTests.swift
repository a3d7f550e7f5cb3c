import Foundation
import Glibc
import HTTPServer
import Testing

@testable import underpaint

@Suite("underpaint health", .serialized)
struct HealthCommandTests {
    private func health(_ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(ServedProcess.binary, ["health"] + arguments)
    }

    private func probe(_ url: String) throws -> HealthProbe {
        try HealthProbe(url: url, path: "/healthz", timeout: .seconds(1))
    }

    @Test func `a running service is well, by its URL and by its configuration`() throws {
        let server = try ServedProcess()
        let url = "http://127.0.0.1:\(server.port)"
        for arguments in [
            ["--url", url], ["--url", url, "--ready"], ["--url", url + "/v1/models"],
            ["--set", "http.port=\(server.port)"], ["--set", "http.port=\(server.port)", "--set", "http.host=0.0.0.0"],
            ["--url", "http://localhost:\(server.port)/"],
        ] {
            let result = try health(arguments)
            #expect(result.code == 0, "\(arguments): \(result.error)")
            #expect(result.output.hasSuffix(" is well\n") && result.error.isEmpty)
        }
        let unwell = try health(["--url", url + "/nothing"])
        #expect(unwell.code == 1 && unwell.output.isEmpty)
        #expect(unwell.error.hasPrefix("\(url)/nothing is not well: status 404"), "\(unwell.error)")
        #expect(server.stop() == 0)
        let stopped = try health(["--url", url])
        #expect(stopped.code == 1)
        #expect(stopped.error == "\(url)/healthz does not answer: Connection refused\n")
    }

    @Test func `a port that says nothing is given up`() throws {
        let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(bind(socket, address, length) == 0 && listen(socket, 8) == 0)
                #expect(getsockname(socket, address, &length) == 0)
            }
        }
        let url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let result = try health(["--url", url, "--timeout", "1"])
        #expect(result.code == 1)
        #expect(result.error == "\(url)/healthz does not answer: no answer in time\n")
    }

    @Test func `the path of a URL is asked as it is`() throws {
        #expect(try probe("http://[::1]:9/readyz").description == "http://[::1]:9/readyz")
        #expect(try probe("http://localhost").description == "http://localhost:80/healthz")
    }

    @Test(arguments: ["", "127.0.0.1:8080", "https://localhost", "http://", "http://a:0", "http://a:70000"])
    func `what is no address of a service is refused`(url: String) throws {
        #expect(throws: HealthError.badURL(url)) { try probe(url) }
    }

    @Test func `a port that changes at every start cannot be asked`() throws {
        var configuration = ServiceConfiguration()
        configuration.http.port = 0
        #expect(throws: HealthError.noPort) {
            try HealthProbe(configuration, path: "/healthz", timeout: .seconds(1))
        }
    }

    @Test func `the operators' own port is asked where there is one, and TLS cannot be`() throws {
        var configuration = ServiceConfiguration()
        configuration.http.certificateFile = "certificate.pem"
        #expect(throws: HealthError.encrypted) {
            try HealthProbe(configuration, path: "/healthz", timeout: .seconds(1))
        }
        configuration.admin.host = "0.0.0.0"
        configuration.admin.port = 8081
        let probe = try HealthProbe(configuration, path: "/healthz", timeout: .seconds(1))
        #expect(probe.description == "http://127.0.0.1:8081/healthz")
    }
}
