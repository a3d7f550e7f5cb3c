import Generation
import HTTPServer
import JobQueue

extension GenerationService {
    /// `GET /v1/models`
    func listModels(_ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(.list(models.map(\.json)))
    }

    /// `GET /v1/models/{name}`
    func showModel(_ name: String, _ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(try model(named: name).json)
    }

    /// `GET /v1/models/{name}/classes?q=`
    func listClasses(of name: String, _ request: Request) throws(Problem) -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let wanted = request.query.first { $0.name == "q" }?.value ?? ""
        return .json(.list(try model(named: name).classIndex.search(wanted).map(\.json)))
    }

    /// `GET /v1/capabilities`
    func showCapabilities(_ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        return .json(capabilities.document(limits, try await queue.status()))
    }

    private func model(named name: String) throws(Problem) -> ServedModel {
        if let model = models.first(where: { $0.name == name }) { return model }
        let known = models.map(\.name).joined(separator: ", ")
        throw Problem(.notFound, "there is no model \"\(name.prefix(100))\"; there are \(known)")
    }
}
