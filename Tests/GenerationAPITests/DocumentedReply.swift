import HTTPServer
import HTTPTypes
import Testing

@testable import GenerationAPI

extension APIHarness {
    /// Holds each reply of these tests to the contract: its status, and the media type of its body.
    func expectDocumented(_ response: Response, to request: Request) {
        // A path or a method that is in no row is in no operation either.
        guard let endpoint = router.endpoint(of: request) else { return }
        guard let operation = endpoint.operation else {
            Issue.record("\(endpoint.method.rawValue) \(endpoint.path) is not in the contract")
            return
        }
        #expect(
            operation.statuses(of: endpoint).contains(response.status),
            "\(operation.id) answers \(response.status), which is not in its contract")
        guard let reply = operation.replies.first(where: { $0.status == response.status }) else { return }
        let mediaType = response.headers[.contentType]?.split(separator: ";").first.map(String.init)
        if let mediaType { #expect(reply.content.map(\.mediaType).contains(mediaType), "\(operation.id)") }
    }
}

extension Router {
    fileprivate func endpoint(of request: Request) -> Endpoint? {
        endpoints.first { endpoint in
            endpoint.method.names.contains(request.method) && endpoint.path.parameters(in: request.path) != nil
        }
    }
}
