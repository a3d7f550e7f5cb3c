import Generation
import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Testing

/// What OpenAI's clients are told when there is no image.
struct OpenAIErrorTests {
    @Test(
        arguments: [
            (#"{}"#, "prompt", "missing_required_parameter"), (#"{"prompt": true}"#, "prompt", "invalid_type"),
            (#"{"prompt": "a cat in space"}"#, "prompt", "invalid_value"),
            (#"{"prompt": "crane"}"#, "prompt", "invalid_value"),
            (#"{"prompt": "7", "n": 0}"#, "n", "invalid_value"), (#"{"prompt": "7", "n": 11}"#, "n", "invalid_value"),
            (#"{"prompt": "7", "n": "2"}"#, "n", "invalid_type"),
            (#"{"prompt": "7", "size": "1024x1024"}"#, "size", "invalid_value"),
            (#"{"prompt": "7", "quality": "hd"}"#, "quality", "invalid_value"),
            (#"{"prompt": "7", "quality": "low", "sampler": "mar-64"}"#, "quality", "invalid_value"),
            (#"{"prompt": "7", "background": "transparent"}"#, "background", "invalid_value"),
            (#"{"prompt": "7", "output_format": "webp"}"#, "output_format", "invalid_value"),
            (#"{"prompt": "7", "output_format": "jpeg"}"#, "output_format", "invalid_value"),
            (#"{"prompt": "7", "response_format": "png"}"#, "response_format", "invalid_value"),
            (#"{"prompt": "7", "stream": true, "response_format": "url"}"#, "response_format", "invalid_value"),
            (#"{"prompt": "7", "stream": true, "partial_images": 4}"#, "partial_images", "invalid_value"),
            (#"{"prompt": "7", "partial_images": 1}"#, "partial_images", "invalid_value"),
            (#"{"prompt": null}"#, "prompt", "missing_required_parameter"),
            (#"{"prompt": "7", "style": null}"#, "style", "unknown_parameter"),
            (#"{"prompt": "7", "style": "vivid"}"#, "style", "unknown_parameter"),
            (#"{"prompt": "7", "sampler": {"steps": "12"}}"#, "sampler.steps", "invalid_type"),
            (#"{"prompt": "7", "seed": -1}"#, "seed", "invalid_value"),
            (#"{"prompt": "7", "guidance": 99}"#, "guidance", "invalid_value"), ("[]", nil, "invalid_type"),
        ] as [(String, String?, String)])
    func `a bad field is named, and not to be sent again`(body: String, param: String?, code: String) async throws {
        let api = APIHarness()
        let response = await api.generateImages(body)
        #expect(response.status == 400)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.shouldRetry] == "false")
        let document = try response.document()
        #expect(document.names == ["error"])
        let error = try #require(document["error"])
        #expect(error.names == ["message", "type", "param", "code"])
        #expect(error["type"] == .string("invalid_request_error"))
        #expect(error["param"] == param.map { .string($0) } ?? .null)
        #expect(error["code"] == .string(code))
        #expect(!error["message"].text.isEmpty)
        #expect(try await api.queue.status().queuedJobs == 0)
    }

    @Test func `one message says all that is wrong, up to a limit`() async throws {
        let api = APIHarness()
        let two = try await api.generateImages(#"{"prompt": "sneeker", "n": 99}"#).document()["error"]
        #expect(
            two?["message"].text == #"n: must be 1...10, not 99; prompt: unknown class "sneeker"; near it: Sneaker"#)
        let many = try await api.generateImages(
            "{" + (0..<50).map { "\"x\($0)\": 1" }.joined(separator: ",") + "}"
        ).document()["error"]
        #expect(many?["message"].text.hasSuffix("and 47 more") == true)
    }

    @Test func `a model that is not there is not found`() async throws {
        let api = APIHarness()
        let response = await api.generateImages(#"{"prompt": "7", "model": "gpt-image-1"}"#)
        #expect(response.status == 404)
        let error = try response.document()["error"]
        #expect(error?["param"] == .string("model") && error?["code"] == .string("model_not_found"))
        #expect(error?["message"].text.contains("there are fashion and other") == true)
    }

    @Test func `a request that this path is not for is refused in the same form`() async throws {
        let api = APIHarness()
        let method = await api.send("GET", "/v1/images/generations")
        #expect(method.status == 405 && method.headers[.allow] == "POST, OPTIONS")
        #expect(try method.document()["error"]?["code"] == .string("method_not_allowed"))
        let json = await api.generateImages("{")
        #expect(json.status == 400)
        #expect(try json.document()["error"]?["code"] == .string("malformed_json"))
        let form = await api.generateImages("prompt=7", headers: [.contentType: "application/x-www-form-urlencoded"])
        #expect(form.status == 415)
        #expect(try form.document()["error"]?["code"] == .string("unsupported_media_type"))
    }

    @Test func `a request that is too much work is refused for good`() async throws {
        let api = APIHarness(limits: APILimits(maximumWork: Work(gflop: 12)))
        let response = await api.generateImages(#"{"prompt": "7", "n": 3}"#)
        #expect(response.status == 422)
        #expect(response.headers[.shouldRetry] == "false")
        #expect(try response.document()["error"]?["code"] == .string("too_much_work"))
    }

    @Test func `a full queue says in milliseconds when a place is free, from what was measured`() async throws {
        let api = APIHarness(store: InMemoryJobStore(limits: .init(queuedJobs: 1)))
        _ = try await api.submitJob()
        try await api.completeNext(total: .milliseconds(2400))
        _ = try await api.submitJob()
        _ = try await api.claimNext()
        _ = try await api.submitJob()
        let response = await api.generateImages(#"{"prompt": "7"}"#)
        #expect(response.status == 429)
        #expect(response.headers[.retryAfterMilliseconds] == "2400")
        #expect(response.headers[.retryAfter] == "3")
        #expect(response.headers[.shouldRetry] == nil)
        let error = try response.document()["error"]
        #expect(error?["type"] == .string("rate_limit_error"))
        #expect(error?["code"] == .string("rate_limit_exceeded"))
    }

    @Test func `a service that is not ready may be asked again`() async throws {
        let api = APIHarness()
        api.set(.draining)
        let response = await api.generateImages(#"{"prompt": "7"}"#)
        #expect(response.status == 503)
        #expect(response.headers[.retryAfter] == "10")
        #expect(response.headers[.shouldRetry] == nil)
        #expect(try response.document()["error"]?["type"] == .string("server_error"))
    }

    @Test func `images that take too long are given up, and not to be asked for again`() async throws {
        let api = APIHarness(limits: APILimits(maximumWait: .milliseconds(10)))
        let response = await api.generateImages(#"{"prompt": "7"}"#)
        #expect(response.status == 503)
        #expect(response.headers[.shouldRetry] == "false")
        #expect(try response.document()["error"]?["code"] == .string("not_finished"))
        #expect(try await api.queue.status().queuedJobs == 0)
    }

    @Test func `images that take too long may be asked for again by their key`() async throws {
        let api = APIHarness(limits: APILimits(maximumWait: .milliseconds(10)))
        let response = await api.generateImages(#"{"prompt": "7"}"#, headers: [.idempotencyKey: "a key"])
        #expect(response.status == 503)
        #expect(response.headers[.shouldRetry] == nil)
        #expect(response.headers[.retryAfter] == "5")
        #expect(try await api.queue.status().queuedJobs == 1)
    }

    @Test func `a key that was sent with another body is no conflict, which would be tried again`() async throws {
        let api = APIHarness(limits: APILimits(maximumWait: .milliseconds(10)))
        let key: HTTPFields = [.idempotencyKey: "a key"]
        _ = await api.generateImages(#"{"prompt": "7"}"#, headers: key)
        let response = await api.generateImages(#"{"prompt": "1"}"#, headers: key)
        #expect(response.status == 422)
        #expect(response.headers[.shouldRetry] == "false")
        #expect(try response.document()["error"]?["code"] == .string("idempotency_conflict"))
    }

    @Test func `a failed job is the service's fault, and is not to be tried again`() async throws {
        let api = APIHarness()
        async let response = api.generateImages(#"{"prompt": "7"}"#)
        let lease = try await api.claimNext().lease
        try await api.queue.fail(lease, because: .generator("out of paint"))
        let failed = await response
        #expect(failed.status == 500)
        #expect(failed.headers[.shouldRetry] == "false")
        #expect(try failed.document()["error"]?["message"].text == "the generator failed: out of paint")
    }

    @Test func `a cancelled job is no conflict, which would be tried again`() async throws {
        let api = APIHarness()
        async let response = api.generateImages(#"{"prompt": "7"}"#)
        let id = try await api.claimNext().job.id
        _ = try await api.queue.cancel(id)
        let cancelled = await response
        #expect(cancelled.status == 422)
        #expect(cancelled.headers[.shouldRetry] == "false")
    }
}
