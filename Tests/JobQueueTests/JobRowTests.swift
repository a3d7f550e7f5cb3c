import Foundation
import Generation
import JSON
import Testing

@testable import JobQueue

/// Jobs as the payload of rows: what a store wrote comes back, and a row that none can have written stops nothing.
struct JobRowTests {
    /// One job in each state, with all that the state can have.
    static let examples: [Job] = {
        let (start, end) = (Date(timeIntervalSince1970: 1000), Date(timeIntervalSince1970: 2000))
        let run = JobState.Run(
            worker: .first, startedAt: start, leaseExpiresAt: end,
            progress: .init(stage: .reconstruction, step: 3, steps: 4))
        let decoding = StageTiming.Decoding(total: .seconds(1), steps: 4, tokens: 32, diffusionSteps: 140)
        let completion = JobState.Completion(
            startedAt: start, finishedAt: end, images: FinishedWork.example(count: 2).images.map(\.facts),
            stages: [
                .structure(decoding), .reconstruction(decoding, detailTokens: 3, fts: .milliseconds(1)),
                .vae(total: .seconds(1)), .png(total: .seconds(1)),
            ], total: .seconds(5))
        let states: [JobState] = [
            .queued, .running(run), .completed(completion), .cancelled(startedAt: start, at: end),
            .cancelled(startedAt: nil, at: end), .expired(at: end),
        ]
        let reasons: [FailureReason] = [.generator("out of paint"), .workerLost(attempts: 3), .interrupted]
        let failures = reasons.map { JobState.failed(.init(startedAt: start, finishedAt: end, reason: $0)) }
        return (states + failures).map { state in
            Job(
                request: .example(count: 2, priority: 1, deadline: .seconds(9)), work: Work(gflop: 12.5),
                owner: JobOwner(name: "studio", share: 3), requestID: "r1",
                createdAt: start, attempts: state.startedAt == nil ? 0 : 2, handBacks: state.startedAt == nil ? 0 : 1,
                pastAttempts: state.startedAt == nil
                    ? [] : [.init(number: 1, worker: .second, startedAt: start, endedAt: end, end: .handedBack)],
                state: state)
        }
    }()

    @Test(arguments: examples)
    func `a job comes back from its row as it was`(job: Job) throws {
        #expect(try read(try row(of: job).text()) == job)
    }

    @Test(arguments: [examples[1], examples[2], examples[3], examples[6]])
    func `whatever is damaged in a row is refused, or harmless`(job: Job) throws {
        var refused = 0
        let damages: [JSONValue?] = [
            nil, .null, .string(""), .string("gen_x"), .number(-1), .number(0.5), .number(1e300), .number(-1e300),
            .number(9.2e18), .number(-9.2e18), .number(1.8e19), .bool(true), .array([]),
            .array([.number(-9e18), .number(0)]),
            .array([.number(9e18), .number(0)]), .record([:]),
        ]
        let row = try row(of: job)
        for path in row.paths {
            for damage in damages {
                do {
                    use(try read(row.replacing(path, by: damage).text()))
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 100)
    }

    @Test(
        arguments: [
            (["id"], .string("gen_0")), (["work"], .number(-1)), (["work"], .number(1e16)), (["attempts"], .number(-1)),
            (["attempts"], .number(9e18)), (["attempts"], .number(0)), (["handBacks"], .number(3)),
            (["pastAttempts", "0", "number"], .number(3)), (["pastAttempts", "0", "startedAt"], .number(1e300)),
            (["pastAttempts", "0", "end"], .string("eaten")),
            (["createdAt"], .number(1e18)), (["request", "count"], .number(0)), (["request", "count"], .number(1e9)),
            (["request", "priority"], .number(-9e18)), (["request", "guidance"], .number(1e9)),
            (["request", "classID"], .number(-1)), (["request", "temperature"], .number(-1)),
            (["request", "sampler", "method", "twoStage", "_0", "steps"], .array([])),
            (["request", "sampler", "method", "twoStage", "_0", "steps"], .array([.number(9e18)])),
            (["request", "sampler", "method", "twoStage", "_0", "diffusionSteps", "max"], .number(0)),
            (["state", "running", "_0", "progress", "step"], .number(5)),
            (["state", "running", "_0", "progress", "steps"], .number(-1)),
            (["state", "running", "_0", "leaseExpiresAt"], .number(1e300)), (["state"], .record([:])),
        ] as [([String], JSONValue)])
    func `a value that no store can have written is refused`(path: [String], value: JSONValue) throws {
        let damaged = try row(of: Self.examples[1]).replacing(path, by: value)
        #expect(throws: DecodingError.self) { try read(damaged.text()) }
    }

    private func row(of job: Job) throws -> JSONValue {
        try JSONParser.parse(Array(try JSONEncoder().encode(job)))
    }

    private func read(_ text: String) throws -> Job {
        try JSONDecoder().decode(Job.self, from: Data(text.utf8))
    }

    /// What the service does with a job that it has read.
    private func use(_ job: Job) {
        _ = job.request.settingsJSON.text()
        _ = (job.expiresAt, job.remainingWork + Work(gflop: 1), job.createdAt.ISO8601Format(), job.logMetadata)
        let load = QueueStatus(
            queuedJobs: 1, runningJobs: 1, queuedWork: job.work, runningWork: job.remainingWork,
            leastRunningWork: job.remainingWork, speed: 1e-9)
        let snapshot = JobSnapshot(job: job, place: .init(position: 1, workAhead: job.work), status: load)
        _ = (snapshot.estimatedTime, snapshot.estimatedWait)
        if case .completed(let completion) = job.state {
            let queue = Duration.seconds(completion.startedAt.timeIntervalSince(job.createdAt))
            let timings = JobTimings(queue: queue, total: completion.total, stages: completion.stages)
            _ = (timings.json.text(), timings.serverTiming)
            _ = completion.stages.reduce(completion.total) { $0 + $1.total }
        }
        var next = job
        if let lease = next.start(by: .second, at: Date(), for: .seconds(1)) { try? next.handBack(lease, at: Date()) }
        _ = next.rescue(at: Date(), attemptLimit: 3)
        _ = (next.expire(at: Date()), next.cancel(at: Date()))
    }
}

extension JSONValue {
    /// Of this value's parts, at every depth; elements of arrays by their number.
    fileprivate var paths: [[String]] {
        parts.flatMap { part in [[part.name]] + part.value.paths.map { [part.name] + $0 } }
    }

    private var parts: [Member] {
        switch self {
        case .object(let members): members
        case .array(let elements): elements.enumerated().map { Member(name: "\($0.offset)", value: $0.element) }
        default: []
        }
    }

    /// - Parameter value: nil takes the part out.
    fileprivate func replacing(_ path: [String], by value: JSONValue?) -> JSONValue {
        guard let name = path.first else { return value ?? .null }
        let changed = parts.compactMap { part in
            if part.name != name { return part }
            if path.count == 1 { return value.map { Member(name: name, value: $0) } }
            return Member(name: name, value: part.value.replacing(Array(path.dropFirst()), by: value))
        }
        if case .array = self { return .array(changed.map(\.value)) }
        return .object(changed)
    }
}
