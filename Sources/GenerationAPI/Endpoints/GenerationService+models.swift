import Generation
import HTTPServer
import HTTPTypes
import JSON

extension GenerationService {
    var modelEndpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/models", needs: .read) { request, _ in try listModels(request) },
            Endpoint(.get, "/v1/models/{name}", needs: .read) { request, path in
                try showModel(path.text("name"), request)
            },
            Endpoint(.get, .classes, needs: .read) { request, path in try listClasses(of: path.text("name"), request) },
            Endpoint(.get, .pictures, needs: .read) { request, path in
                try showPictures(of: path.text("name"), request)
            },
        ]
    }

    /// `GET /v1/models`
    private func listModels(_ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(.list(models.map(\.json)))
    }

    /// `GET /v1/models/{name}`
    private func showModel(_ name: String, _ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(try model(named: name).json)
    }

    /// `GET /v1/models/{name}/classes?q=`
    private func listClasses(of name: String, _ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let wanted = request.query.first { $0.name == "q" }?.value ?? ""
        return .json(.list(try model(named: name).classIndex.search(wanted).map(\.json)))
    }

    /// `GET /v1/models/{name}/pictures`
    private func showPictures(of name: String, _ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.png], for: request)
        guard let pictures = try model(named: name).pictures else {
            throw Problem(
                .notFound, "nobody has painted the classes of \(name): `underpaint pictures --model \(name)` does")
        }
        // They may be painted anew.
        let tag = EntityTag(pictures.sha256)
        return .file(pictures.png, MediaType.png.rawValue, tag, headers: [.cacheControl: "no-cache"])
            .unlessKnown(tag, to: request)
    }

    private func model(named name: String) throws(Problem) -> ServedModel {
        if let model = models.first(where: { $0.name == name }) { return model }
        let hint = NearestNames.hint(for: name, among: models.map(\.name))
        throw Problem(.notFound, "there is no model \"\(name.prefix(100))\"\(hint)")
    }
}

extension PathTemplate {
    static let classes: Self = "/v1/models/{name}/classes"
    static let pictures: Self = "/v1/models/{name}/pictures"
}
