import Generation
import HTTPServer
import HTTPTypes
import JSON

extension GenerationService {
    var pageEndpoints: [Endpoint] {
        [
            Endpoint(.get, .root, needs: nil) { request, _ in try showRoot(request) },
            Endpoint(.get, .pageFile, needs: nil) { request, path in try Self.showFile(path.text("file"), request) },
        ]
    }

    /// `GET /`: the page to browsers, and to other clients what there is.
    private func showRoot(_ request: Request) throws(Problem) -> Response {
        var response: Response
        switch try MediaType.negotiate([.json, .html], for: request) {
        case .html: response = PageFile.page.response(to: request)
        default: response = .json(directory(ServiceAddress(request)))
        }
        response.headers[.vary] = "Accept"
        return response
    }

    /// `GET /page/{file}`
    private static func showFile(_ name: String, _ request: Request) throws(Problem) -> Response {
        guard let file = PageFile.parts.first(where: { $0.name == name }) else {
            throw Problem(.notFound, "the page has no file \(name.prefix(100))")
        }
        return file.response(to: request)
    }

    private func directory(_ address: ServiceAddress) -> JSONValue {
        // A number needs no quoting in a shell.
        let first = models.first?.classes.first?.id ?? 0
        return .record([
            "name": .string("Underpaint"),
            "version": .string(capabilities.version),
            "try": .string(
                "curl -fo image.png -H 'Accept: image/png' -H 'Content-Type: application/json' "
                    + "-d '{\"class\": \(first)}' \(address.text)/v1/generations"),
            "links": .record([
                "page": .string("\(address.text)/"), "contract": .string("\(address.text)\(PathTemplate.contract)"),
                "models": .string("\(address.text)/v1/models"),
                "capabilities": .string("\(address.text)/v1/capabilities"),
                "generations": .string("\(address.text)/v1/generations"),
            ]),
        ])
    }
}

extension PathTemplate {
    static let root: Self = "/"
    static let pageFile: Self = "/page/{file}"
}
