import JSON
import Sampler
import Testing

@testable import GenerationAPI

struct ContractTests {
    private let api = APIHarness()

    private func contract() async throws -> JSONValue { try await api.send("GET", "/openapi.json").document() }

    @Test func `every endpoint has an operation, and every operation an endpoint`() {
        let endpoints = api.router.endpoints.map { "\($0.method.rawValue) \($0.path)" }
        let operations = Operation.all.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(operations).count == operations.count)
        #expect(Set(endpoints).subtracting(operations).isEmpty, "an endpoint is not described")
        #expect(Set(operations).subtracting(endpoints).isEmpty, "an operation is nowhere")
        #expect(Set(Operation.all.map(\.id)).count == operations.count)
    }

    @Test func `the document shows every operation under its path and method`() async throws {
        let document = try await contract()
        #expect(document["openapi"] == .string("3.1.1"))
        for endpoint in api.router.endpoints {
            let operation = try #require(endpoint.operation)
            let shown = document["paths"]?[operation.path.description]?[operation.method.rawValue.lowercased()]
            #expect(shown?["operationId"] == .string(operation.id))
            #expect(shown?["responses"]?.names.compactMap { Int($0) } == operation.statuses(of: endpoint).sorted())
        }
    }

    @Test func `an operation has a parameter for each name in its path`() {
        for operation in Operation.all {
            let inPath = operation.parameters.filter { $0.place == .path }.map(\.name)
            #expect(Operation.names(in: operation.path) == inPath, "\(operation.id)")
        }
    }

    @Test func `an operation's errors are those of its endpoint`() {
        for endpoint in api.router.endpoints { #expect(endpoint.operation?.errors == endpoint.errors) }
    }

    @Test func `every kind of problem can come from some operation`() {
        let documented = Set(api.router.endpoints.flatMap { $0.operation?.problems(of: $0) ?? [] })
        // Another method is no operation, so it can be described in none.
        #expect(Set(ProblemKind.allCases).subtracting(documented) == [.methodNotAllowed])
    }

    @Test func `an operation says which scope it needs, as its row does`() async throws {
        let document = try await contract()
        #expect(document["components"]?["securitySchemes"]?["key"]?["scheme"] == .string("bearer"))
        for endpoint in api.router.endpoints {
            let shown = document["paths"]?[endpoint.path.description]?[endpoint.method.rawValue.lowercased()]
            let scopes = shown?["security"]?.elements.first?["key"]?.elements ?? []
            #expect(scopes == (endpoint.scope.map { [.string($0.rawValue)] } ?? []), "\(endpoint.path)")
            #expect((shown?["responses"]?["401"] != nil) == (endpoint.scope != nil), "\(endpoint.path)")
        }
    }

    @Test func `every schema that is referred to is there`() async throws {
        let document = try await contract()
        let known = Set(document["components"]?["schemas"]?.names ?? [])
        let referred = Set(document.references)
        #expect(referred == Set(known.map { "#/components/schemas/\($0)" }))
    }

    @Test func `the sampler's fields are those of the table`() async throws {
        let sampler = try await contract()["components"]?["schemas"]?["Sampler"]?["properties"]
        for field in SamplerField.allCases {
            let shown = field.rawValue.split(separator: "/").enumerated().reduce(sampler) { found, part in
                (part.offset == 0 ? found : found?["properties"])?[String(part.element)]
            }
            #expect(shown?["description"] == .string(field.meaning), "\(field.rawValue)")
        }
        let steps = sampler?["diffusion_steps"]?["properties"]?["max"]
        #expect(steps?["minimum"] == .integer(2) && steps?["maximum"] == .integer(DiffusionSchedule.trainingSteps))
    }

    @Test func `the most images are those of this instance`() async throws {
        let submission = try await contract()["components"]?["schemas"]?["Submission"]
        #expect(submission?["properties"]?["count"]?["maximum"] == .integer(16))
    }
}

extension GenerationAPI.Operation {
    /// The names in braces, in their order.
    fileprivate static func names(in path: PathTemplate) -> [String] {
        path.description.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

extension JSONValue {
    /// Every value of a member `$ref`, anywhere below.
    fileprivate var references: [String] {
        switch self {
        case .object(let members):
            members.flatMap { member -> [String] in
                if member.name == "$ref", case .string(let reference) = member.value { return [reference] }
                return member.value.references
            }
        case .array(let elements): elements.flatMap(\.references)
        case .null, .bool, .number, .string: []
        }
    }
}
