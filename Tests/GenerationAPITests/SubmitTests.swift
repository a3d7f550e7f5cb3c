import ExampleModels
import Generation
import GenerationAPI
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Sampler
import Testing

struct SubmitTests {
    @Test func `a submission is answered with 202, the job, and where to find it`() async throws {
        let api = APIHarness()
        let response = await api.submit(#"{"class": "sneaker", "seed": 42, "count": 2}"#)
        #expect(response.status == 202)
        #expect(response.headers[.contentType] == "application/json")
        let job = try response.document()
        #expect(response.headers[.location] == "/v1/generations/\(job["id"].text)")
        #expect(job["status"] == .string("queued"))
        #expect(job["class"]?.text() == #"{"id":7,"name":"Sneaker"}"#)
        #expect(job["queue"]?.text() == #"{"position":1,"eta_ms":null}"#)
        #expect(job["started_at"] == .null)
        #expect(job["images"] == .array([]))
        #expect(
            job.names == [
                "id", "status", "model", "class", "created_at", "started_at", "finished_at", "queue", "attempts",
                "images", "settings",
            ])
    }

    @Test func `every field of a submission reaches the job and is echoed`() async throws {
        let api = APIHarness()
        let settings =
            #"{"model":"other","class":9,"count":3,"seed":5,"guidance":2.5,"guidance_schedule":"constant","#
            + #""temperature":0.9,"sampler":{"preset":"gtr-32","order":"checkerboard","first_color":"odd","steps":[6,2],"#
            + #""mask_schedule":"cosine","diffusion_steps":{"max":60,"min":10,"reconstruction":15,"detail":40},"detail_fraction":0.2,"#
            + #""timestep_clip":null,"fts":true,"selection":"low_frequency"},"#
            + #""metadata":false,"previews":true,"priority":7,"deadline_ms":60000}"#
        let response = await api.submit(settings)
        #expect(try response.document()["settings"]?.text() == settings)
        let request = try await api.claimNext().job.request
        #expect(request.className == "Ankle boot")
        #expect(request.sampler.twoStage.steps == [6, 2] && request.sampler.twoStage.maskSchedule == .cosine)
        #expect(
            request.sampler.twoStage.order == .checkerboard(first: .odd)
                && request.sampler.twoStage.detail?.selection == .lowFrequency)
        #expect(request.sampler.timestepClip == nil)
        #expect(request.priority == 7)
        #expect(request.deadline == .seconds(60))
    }

    @Test(arguments: [
        #""mar-256""#, #""mar-64""#, #""gtr-32""#, #""gtr-16""#, #""disa-64""#, #""halton-16""#, #"{"fts": false}"#,
        #"{"order": "raster", "selection": "random"}"#, #"{"first_color": "odd", "fts": true}"#,
        #"{"mask_schedule": "cosine"}"#, #"{"order": "subsample", "fts": false}"#,
    ])
    func `the settings of a job, sent again, ask for the same`(sampler: String) async throws {
        let api = APIHarness()
        let first = try await api.submit(#"{"class": 1, "sampler": \#(sampler)}"#).document()
        let settings = try #require(first["settings"])
        let second = await api.submit(settings.text())
        #expect(second.status == 202)
        #expect(try second.document()["settings"] == settings)
    }

    @Test func `a seed that is not given is drawn, and echoed`() async throws {
        let api = APIHarness()
        let first = try await api.submit(#"{"class": 7}"#).document()
        let second = try await api.submit(#"{"class": 7, "seed": null}"#).document()
        #expect(first["settings"]?["seed"] != second["settings"]?["seed"])
    }

    @Test func `one reply names all the bad fields`() async throws {
        let api = APIHarness()
        let response = await api.submit(
            #"""
            {"class": "sneeker", "count": "two", "seed": 1.5, "guidance": 21, "guidance_schedule": "cosine",
             "temperature": true, "sampler": {"preset": "gtr-16", "steps": [1, 99, 1], "diffusion_steps": {"maxx": 1},
             "timestep_clip": 1000, "fts": 1}, "metadata": null, "previews": 1, "priority": 101, "deadline_ms": 0,
             "a/b~": 1}
            """#)
        #expect(response.status == 400)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:invalid-request"))
        #expect(
            try Set(response.pointers()) == [
                "/class", "/count", "/seed", "/guidance", "/guidance_schedule", "/temperature", "/sampler/steps/1",
                "/sampler/diffusion_steps/maxx", "/sampler/timestep_clip", "/sampler/fts", "/metadata", "/previews",
                "/priority", "/deadline_ms", "/a~1b~0",
            ])
        #expect(try response.pointers().count == 15)
        #expect(try await api.queue.status().queuedJobs == 0)
    }

    @Test(arguments: [
        (#"{}"#, "/class"), (#"{"class": true}"#, "/class"), (#"{"class": 4}"#, "/class"),
        (#"{"class": null}"#, "/class"), (#"{"class": 7, "model": "nope"}"#, "/model"),
        (#"{"class": 7, "sampler": "nope"}"#, "/sampler"), (#"{"class": 7, "sampler": 3}"#, "/sampler"),
        (#"{"class": 7, "sampler": {"preset": "nope"}}"#, "/sampler/preset"),
        (#"{"class": 7, "sampler": {"steps": "12"}}"#, "/sampler/steps"),
        (#"{"class": 7, "sampler": {"steps": [1, "2", 1]}}"#, "/sampler/steps/1"),
        (#"{"class": 7, "sampler": {"steps": 5}}"#, "/sampler/steps"),
        (#"{"class": 7, "sampler": {"diffusion_steps": {"max": 1}}}"#, "/sampler/diffusion_steps/max"),
        (#"{"class": 7, "sampler": {"diffusion_steps": {"detail": 1001}}}"#, "/sampler/diffusion_steps/detail"),
        (#"{"class": 7, "sampler": {"order": "spiral"}}"#, "/sampler/order"),
        (#"{"class": 7, "sampler": {"order": null}}"#, "/sampler/order"),
        (#"{"class": 7, "sampler": {"first_color": 0}}"#, "/sampler/first_color"),
        (#"{"class": 7, "sampler": {"first_color": "odd", "steps": [1, 1, 1, 1, 1]}}"#, "/sampler/steps"),
        (#"{"class": 7, "sampler": {"selection": "none"}}"#, "/sampler/selection"),
        (#"{"class": 7, "count": 0}"#, "/count"), (#"{"class": 7, "count": 17}"#, "/count"),
        (#"{"class": 7, "count": true}"#, "/count"), (#"{"class": 7, "seed": 9007199254740992}"#, "/seed"),
        (#"{"class": 7, "seed": 1e300}"#, "/seed"), (#"{"class": 7, "colour": "red"}"#, "/colour"), ("[]", ""),
        ("7", ""),
    ])
    func `a bad field is refused and pointed at`(body: String, pointer: String) async throws {
        let api = APIHarness()
        let response = await api.submit(body)
        #expect(response.status == 400)
        #expect(try response.pointers() == [pointer])
        // The server goes on.
        _ = try await api.submitJob()
    }

    @Test func `a body full of bad fields gets a reply of bounded size`() async throws {
        let api = APIHarness()
        let fields = (0..<5000).map { "\"x\($0)\":1" }.joined(separator: ",")
        let response = await api.submit("{\"class\":7,\(fields)}")
        #expect(response.status == 400)
        #expect(try response.pointers().count == 100)
        #expect(
            try response.document()["detail"] == .string("5000 fields are invalid; these are the first 100"))
    }

    @Test(arguments: ["", "{", "class=7", #"{"class": 7, "class": 8}"#, String(repeating: "[", count: 5000)])
    func `a body that is not JSON is refused`(body: String) async throws {
        let api = APIHarness()
        let response = await api.submit(body)
        #expect(response.status == 400)
        #expect(try response.document()["type"] == .string("urn:underpaint:problem:malformed-json"))
        #expect(try response.document()["detail"].text.hasPrefix("at byte ") == true)
    }

    @Test(arguments: [nil, "", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"])
    func `a body that does not say it is JSON is refused`(contentType: String?) async throws {
        let api = APIHarness()
        var headers: HTTPFields = [:]
        headers[.contentType] = contentType
        let response = await api.send("POST", "/v1/generations", body: #"{"class": 7}"#, headers: headers)
        #expect(response.status == 415)
    }

    @Test func `a JSON body may name its character set`() async throws {
        let api = APIHarness()
        let response = await api.submit(
            #"{"class": 7}"#, headers: [.contentType: "Application/JSON; charset=UTF-8"])
        #expect(response.status == 202)
    }

    @Test func `a full queue is answered with 429 and when to come back`() async throws {
        let api = APIHarness(store: InMemoryJobStore(limits: .init(queuedJobs: 1)))
        _ = try await api.submitJob(#"{"class": 7, "count": 2}"#)
        let unmeasured = await api.submit(#"{"class": 7}"#)
        #expect(unmeasured.status == 429)
        #expect(unmeasured.headers[.retryAfter] == "5")
        #expect(try unmeasured.document()["type"] == .string("urn:underpaint:problem:queue-full"))
        // Two images took 20 s; of the next job of four a quarter is done.
        try await api.completeNext(total: .seconds(20))
        _ = try await api.submitJob(#"{"class": 7, "count": 4}"#)
        let running = try await api.claimNext().lease
        let quarter = GenerationProgress(stage: .structure, step: 5, steps: 20)
        _ = try await api.queue.renew([LeaseRenewal(running, progress: quarter)], for: .seconds(60))
        _ = try await api.submitJob()
        #expect(await api.submit(#"{"class": 7}"#).headers[.retryAfter] == "30")
    }

    @Test(arguments: [Readiness.loading, .draining])
    func `a service that is not ready takes no jobs`(readiness: Readiness) async throws {
        let api = APIHarness()
        api.set(readiness)
        let refused = await api.submit(#"{"class": 7}"#)
        #expect(refused.status == 503)
        #expect(refused.headers[.retryAfter] != nil)
        #expect(await api.send("GET", "/readyz").status == 503)
        #expect(await api.send("GET", "/healthz").status == 200)
        api.set(.ready)
        #expect(await api.send("GET", "/readyz").status == 200)
        _ = try await api.submitJob()
    }
}
