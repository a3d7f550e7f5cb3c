import Foundation
import Generation
import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Sampler
import Testing

/// `POST /v1/images/generations`, where all goes well. `scripts/test-openai` asks OpenAI's own client.
struct OpenAIImageTests {
    @Test func `a prompt that is a class is answered with its image in base64`() async throws {
        let api = APIHarness()
        let response = try await api.withWorker { await api.generateImages(#"{"prompt": "sneaker", "seed": 11}"#) }
        #expect(response.status == 200)
        #expect(response.headers[.contentType] == "application/json")
        let reply = try response.document()
        #expect(
            reply.names == ["created", "background", "data", "output_format", "quality", "size", "usage"])
        #expect(reply["data"]?.elements.map { $0["b64_json"].text } == [Data([137, 0]).base64EncodedString()])
        #expect(reply["quality"] == .string("low"))
        #expect(reply["size"] == .string("32x32"))
        #expect(reply["output_format"] == .string("png"))
        #expect(reply["background"] == .string("opaque"))
        #expect(
            reply["usage"]?.text()
                == #"{"input_tokens":1,"input_tokens_details":{"image_tokens":0,"text_tokens":1},"output_tokens":64,"#
                + #""output_tokens_details":{"image_tokens":64,"text_tokens":0},"total_tokens":65}"#)
    }

    @Test func `every field reaches the job`() async throws {
        let api = APIHarness()
        let response = Task {
            await api.generateImages(
                #"""
                {"model": "other", "prompt": "pants", "n": 3, "size": "32x32", "quality": "medium", "seed": 5,
                 "guidance": 2.5, "moderation": "low", "user": "someone", "background": "opaque",
                 "output_format": "png", "response_format": "b64_json", "stream": false, "partial_images": 0}
                """#)
        }
        let claimed = try await api.claimNext()
        let request = claimed.job.request
        #expect(request.model == "other" && request.classID == 1 && request.count == 3 && request.seed == 5)
        #expect(request.guidance == 2.5 && request.sampler.preset == .gtr32)
        try await api.complete(claimed, total: .milliseconds(100))
        let reply = try await response.value.document()
        #expect(reply["data"]?.elements.count == 3)
        #expect(reply["usage"]?["output_tokens"] == .integer(192))
    }

    @Test(arguments: [
        (#""quality": "low""#, SamplerPreset.gtr16), (#""quality": "medium""#, .gtr32), (#""quality": "high""#, .mar64),
        (#""quality": "auto""#, .gtr16), (#""quality": null"#, .gtr16), (#""sampler": "mar-64""#, .mar64),
        (#""sampler": {"preset": "gtr-32", "fts": false}, "quality": "auto""#, .gtr32),
    ])
    func `a quality is the name of a sampler`(field: String, preset: SamplerPreset) async throws {
        let api = APIHarness()
        let response = Task { await api.generateImages(#"{"prompt": "7", \#(field)}"#) }
        let claimed = try await api.claimNext()
        #expect(claimed.job.request.sampler.preset == preset)
        try await api.complete(claimed, total: .milliseconds(100))
        #expect(await response.value.status == 200)
    }

    @Test func `a sampler without a quality of its own is not given one`() async throws {
        let api = APIHarness()
        let reply = try await api.withWorker {
            await api.generateImages(#"{"prompt": "7", "sampler": "halton-16"}"#)
        }
        .document()
        #expect(!reply.names.contains("quality"))
    }

    @Test func `null is the same as nothing`() async throws {
        let api = APIHarness()
        let response = try await api.withWorker {
            await api.generateImages(
                #"{"prompt": "7", "model": null, "n": null, "size": null, "stream": null, "user": null}"#)
        }
        #expect(response.status == 200)
    }

    @Test(
        arguments: [
            ([.host: "example.test:8080"], "http://example.test:8080"),
            ([.host: "example.test", .forwardedProto: "https"], "https://example.test"), ([:], ""),
        ] as [(HTTPFields, String)])
    func `an address is where the client found the service`(headers: HTTPFields, origin: String) async throws {
        let api = APIHarness()
        let response = try await api.withWorker {
            await api.generateImages(#"{"prompt": "7", "n": 2, "response_format": "url"}"#, headers: headers)
        }
        let job = try #require(response.headers[.location])
        let urls = try response.document()["data"]?.elements.map { $0["url"].text }
        #expect(urls == [origin + job + "/images/0", origin + job + "/images/1"])
        #expect(await api.send("GET", job + "/images/1").body.bytes == [137, 1])
    }

    @Test func `what the client accepts is not looked at`() async throws {
        let api = APIHarness()
        let response = try await api.withWorker {
            await api.generateImages(#"{"prompt": "7"}"#, headers: [.accept: "text/html"])
        }
        #expect(response.status == 200)
    }

    @Test func `a client that leaves takes its job with it`() async throws {
        let api = APIHarness()
        let waiting = Task { await api.generateImages(#"{"prompt": "7"}"#) }
        try await api.waitForJob()
        waiting.cancel()
        _ = await waiting.value
        #expect(try await api.queue.status().queuedJobs == 0)
    }

    @Test func `a client that leaves finds its job again by its key`() async throws {
        let api = APIHarness()
        let key: HTTPFields = [.idempotencyKey: "a key"]
        let waiting = Task { await api.generateImages(#"{"prompt": "7"}"#, headers: key) }
        try await api.waitForJob()
        waiting.cancel()
        _ = await waiting.value
        let first = try await api.withWorker { await api.generateImages(#"{"prompt": "7"}"#, headers: key) }
        let second = await api.generateImages(#"{"prompt": "7"}"#, headers: key)
        #expect(first.status == 200)
        #expect(first.body.bytes == second.body.bytes)
        #expect(try await api.queue.list(JobSelection()).jobs.count == 1)
    }

    @Test func `models are listed with the members that OpenAI's have`() async throws {
        let list = try await APIHarness().send("GET", "/v1/models").document()
        #expect(list["object"] == .string("list"))
        for model in list["data"]?.elements ?? [] {
            #expect(Array(model.names.prefix(4)) == ["id", "object", "created", "owned_by"])
        }
    }
}

extension APIHarness {
    /// `POST /v1/images/generations` with a JSON body.
    func generateImages(_ body: String, headers: HTTPFields = [:]) async -> Response {
        var fields: HTTPFields = [.contentType: "application/json"]
        for field in headers { fields[field.name] = field.value }
        return await send("POST", "/v1/images/generations", body: body, headers: fields)
    }
}
