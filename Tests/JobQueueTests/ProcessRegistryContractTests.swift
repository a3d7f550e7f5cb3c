import JobQueue
import Testing

/// How every registry agrees on the weights of a model.
struct ProcessRegistryContractTests {
    enum RegistryUnderTest: CaseIterable {
        case inMemory, postgreSQL

        func make() throws -> any ProcessRegistry {
            switch self {
            case .inMemory: return InMemoryProcessRegistry()
            case .postgreSQL:
                return PostgreSQLProcesses(
                    try SQLJobStore(postgreSQL: try PostgreSQLServer.makeAddress(), connections: 2))
            }
        }
    }

    private static let refusal = ModelRefusal(model: "fashion", own: "bb", agreed: "aa")

    private func process(_ id: String, _ models: [String: String]) -> ServiceProcess {
        ServiceProcess(
            id: id, kind: .worker, host: "host", version: "1.2.3", workers: 2, threads: 3, models: models)
    }

    @Test(arguments: RegistryUnderTest.allCases)
    func `the weights that are announced first count, and others are refused by both hashes`(
        kind: RegistryUnderTest
    ) async throws {
        let registry = try kind.make()
        let first = process("a", ["fashion": "aa"])
        let second = process("b", ["fashion": "bb", "faces": "cc"])
        #expect(try await registry.announce(first, for: .seconds(60)) == [])
        #expect(try await registry.announce(second, for: .seconds(60)) == [Self.refusal])
        #expect(try await registry.announce(first, for: .seconds(60)) == [])
        let seen = try await registry.processes()
        #expect(seen.map(\.process) == [first, second])
        #expect(seen.map(\.refusals) == [[], [Self.refusal]])
        #expect(seen.allSatisfy { $0.silence >= .zero })
    }

    @Test(arguments: RegistryUnderTest.allCases)
    func `weights count as long as any living process has them`(kind: RegistryUnderTest) async throws {
        let registry = try kind.make()
        _ = try await registry.announce(process("a1", ["fashion": "aa"]), for: .seconds(60))
        let other = process("b", ["fashion": "bb"])
        #expect(try await registry.announce(other, for: .seconds(60)) == [Self.refusal])
        _ = try await registry.announce(process("a2", ["fashion": "aa"]), for: .seconds(60))
        try await registry.leave("a1")
        #expect(try await registry.announce(other, for: .seconds(60)) == [Self.refusal])
        try await registry.leave("a2")
        #expect(try await registry.announce(other, for: .seconds(60)) == [])
        #expect(
            try await registry.announce(process("a3", ["fashion": "aa"]), for: .seconds(60))
                == [ModelRefusal(model: "fashion", own: "aa", agreed: "bb")])
    }

    @Test(arguments: RegistryUnderTest.allCases)
    func `a process that is silent for too long falls out, and its weights give way`(
        kind: RegistryUnderTest
    ) async throws {
        let registry = try kind.make()
        _ = try await registry.announce(process("a", ["fashion": "aa"]), for: .zero)
        #expect(try await registry.processes() == [])
        #expect(try await registry.announce(process("b", ["fashion": "bb"]), for: .seconds(60)) == [])
        #expect(try await registry.processes().map(\.process.id) == ["b"])
        #expect(
            try await registry.announce(process("a", ["fashion": "aa"]), for: .seconds(60))
                == [ModelRefusal(model: "fashion", own: "aa", agreed: "bb")])
    }
}
