import Checkpoint
import Compute
import Foundation
import MARModel
import Pipeline
import Synchronization
import Testing

@testable import underpaint

@Suite("Models in memory")
struct ModelCacheTests {
    private struct GaveUp: Error {}

    private let models: TemporaryModels
    private let backend = Engine.reference.makeBackend(threads: 1)

    init() throws { models = try TemporaryModels(["a", "b", "c"]) }

    private func cache(limit: Int) throws -> ModelCache {
        ModelCache(try ModelLibrary(directory: models.path, defaultModel: "a"), limit: limit)
    }

    private func use(_ name: String, in cache: ModelCache) throws {
        try cache.withModel(name, for: backend, onWait: {}) { #expect($0.configuration.name == name) }
    }

    @Test func `a model is loaded when it is asked for, and stays without a limit`() throws {
        let cache = try cache(limit: 0)
        #expect(cache.loadedNames.isEmpty)
        for name in ["b", "a", "c", "a"] { try use(name, in: cache) }
        #expect(cache.loadedNames == ["a", "b", "c"])
    }

    @Test func `beyond the limit the least recently used one makes room`() throws {
        let cache = try cache(limit: 2)
        for name in ["a", "b", "a", "c"] { try use(name, in: cache) }
        #expect(cache.loadedNames == ["a", "c"])
        try use("b", in: cache)
        #expect(cache.loadedNames == ["c", "b"])
    }

    @Test func `what is in use stays, and who finds no room can give up`() throws {
        let cache = try cache(limit: 1)
        try cache.withModel("a", for: backend, onWait: {}) { _ in
            try use("a", in: cache)
            #expect(throws: GaveUp.self) {
                try cache.withModel("b", for: backend, onWait: { throw GaveUp() }) { _ in }
            }
            #expect(cache.loadedNames == ["a"])
        }
        try use("b", in: cache)
        #expect(cache.loadedNames == ["b"])
    }

    @Test func `an unknown model and one that cannot be read are errors, and cost no place`() throws {
        let cache = try cache(limit: 1)
        #expect(throws: PipelineError.unknownModel("d")) { try use("d", in: cache) }
        try FileManager.default.removeItem(at: models.folder.appending(path: "c/model.safetensors"))
        #expect(throws: CheckpointError.self) { try use("c", in: cache) }
        try use("a", in: cache)
        #expect(cache.loadedNames == ["a"])
    }

    @Test func `workers that want more models than fit all get theirs, in turn`() throws {
        let cache = try cache(limit: 1)
        let counts = Mutex<[String: Int]>([:])
        // Each worker wants its own model again and again: without turns the first would never let go.
        DispatchQueue.concurrentPerform(iterations: 6) { worker in
            let name = ["a", "b", "c"][worker % 3]
            let backend = Engine.reference.makeBackend(threads: 1)
            for _ in 0..<5 {
                do {
                    try cache.withModel(name, for: backend, onWait: {}) { model in
                        #expect(model.configuration.name == name)
                        counts.withLock { $0[name, default: 0] += 1 }
                    }
                } catch {
                    Issue.record(error)
                }
            }
        }
        #expect(counts.withLock { $0 } == ["a": 10, "b": 10, "c": 10])
        #expect(cache.loadedNames.count == 1)
    }

    @Test func `no more models are preloaded than may stay`() {
        var settings = ServiceConfiguration.Models()
        #expect(settings.preloadedNames(of: ["a", "b", "c"]) == ["a"])
        settings.preload = .all
        #expect(settings.preloadedNames(of: ["a", "b", "c"]) == ["a", "b", "c"])
        settings.maxLoaded = 2
        #expect(settings.preloadedNames(of: ["a", "b", "c"]) == ["a", "b"])
        settings.preload = .none
        #expect(settings.preloadedNames(of: ["a", "b", "c"]).isEmpty)
    }
}

@Suite("Several models served at once", .serialized)
struct SeveralModelsTests {
    @Test(arguments: [["--max-loaded", "1"], ["--max-loaded", "2", "--set", "models.preload=all"], []])
    func `jobs of all models complete with the same bytes, whatever fits in memory`(flags: [String]) throws {
        let models = try TemporaryModels(["a", "b", "c"])
        let server = try ServedProcess(
            ["--models", models.path, "--set", "models.default=b", "--set", "workers.count=2"] + flags)
        var ids: [(id: String, model: String)] = []
        for round in 0..<4 {
            for model in ["a", "b", "c"] {
                let reply = try server.post(#"{"model":"\#(model)","class":3,"seed":\#(round),"metadata":false}"#)
                #expect(reply.status == 202)
                ids.append((try #require(try reply.json["id"] as? String), model))
            }
        }
        var images: [Int: Set<Data>] = [:]
        for (index, (id, model)) in ids.enumerated() {
            let deadline = Date().addingTimeInterval(120)
            var job = try server.curl(["/v1/generations/\(id)"]).json
            while job["status"] as? String != "completed", Date() < deadline {
                Thread.sleep(forTimeInterval: 0.05)
                job = try server.curl(["/v1/generations/\(id)"]).json
            }
            #expect(job["status"] as? String == "completed" && job["model"] as? String == model)
            images[index / 3, default: []].insert(try server.curl(["/v1/generations/\(id)/images/0"]).body)
        }
        #expect(images.values.allSatisfy { $0.count == 1 } && Set(images.values).count == 4)
        let log = try server.logText()
        #expect(log.contains("model loaded") && log.contains("model unloaded") == !flags.isEmpty)
        #expect(server.stop() == 0)
    }

    @Test func `a model that cannot be read fails its jobs, and the others go on`() throws {
        let models = try TemporaryModels(["a", "b"])
        try FileManager.default.removeItem(at: models.folder.appending(path: "b/model.safetensors"))
        let server = try ServedProcess(["--models", models.path, "--set", "models.default=a"])
        let broken = try server.post(#"{"model":"b","class":3}"#, ["-H", "Prefer: wait=30"])
        #expect(try broken.json["status"] as? String == "failed", "\(broken.text)")
        let good = try server.post(#"{"model":"a","class":3}"#, ["-H", "Prefer: wait=30"])
        #expect(try good.json["status"] as? String == "completed")
    }
}
