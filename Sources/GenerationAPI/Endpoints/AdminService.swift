import Generation
import HTTPServer
import HTTPTypes
import JSON
package import JobQueue
package import Logging

/// What operators do with a running service: pause, drain, resume, and see who waits.
package struct AdminService: Sendable {
    private let queue: JobQueue
    private let logger: Logger

    package init(queue: JobQueue, logger: Logger) {
        self.queue = queue
        self.logger = logger
    }

    package var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/admin/queue", needs: .admin) { request, _ in try await show(request) },
            steering("/v1/admin/pause", "paused") { try await $0.pause() },
            steering("/v1/admin/drain", "draining") { $0.hold() },
            steering("/v1/admin/resume", "resumed") { queue in
                queue.release()
                try await queue.resume()
            },
        ]
    }

    private func steering(
        _ path: PathTemplate, _ event: String, _ act: @escaping @Sendable (JobQueue) async throws -> Void
    ) -> Endpoint {
        Endpoint(.post, path, needs: .admin) { request, _ in
            _ = try MediaType.negotiate([.json], for: request)
            try await act(queue)
            var facts: Logger.Metadata = ["request_id": "\(request.requestID)"]
            if let key = request.caller.keyName { facts["key"] = "\(key)" }
            logger.notice("\(event)", metadata: facts)
            return try await show(request)
        }
    }

    /// `GET /v1/admin/queue`
    private func show(_ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let (census, status) = (try await queue.census(), try await queue.status())
        let processes = JSONValue.array(try await queue.processes().map(\.document))
        let document = census.document(status, isDraining: queue.isHeld || queue.isClosed)
        return .json(document.adding(["processes": processes]), headers: [.cacheControl: "no-store"])
    }
}

extension QueueCensus {
    fileprivate func document(_ status: QueueStatus, isDraining: Bool) -> JSONValue {
        func members(where isWanted: (Group) -> Bool) -> [String: JSONValue] {
            [
                "queued": Self.total(queued, isWanted).document(status),
                "running": Self.total(running, isWanted).document(status),
            ]
        }
        func rows(_ name: String, _ part: KeyPath<Group, String>) -> JSONValue {
            let values = Set((Array(queued.keys) + running.keys).map { $0[keyPath: part] })
            return .array(
                values.sorted().map { value in
                    let amounts = members { $0[keyPath: part] == value }
                    return .record([
                        name: value.isEmpty ? .null : .string(value), "queued": amounts["queued"],
                        "running": amounts["running"],
                    ])
                })
        }
        let all = members { _ in true }
        return .record([
            "paused": .bool(status.isPaused), "draining": .bool(isDraining), "queued": all["queued"],
            "running": all["running"], "by_key": rows("key", \.owner), "by_model": rows("model", \.model),
        ])
    }

    private static func total(_ amounts: [Group: Amount], _ isWanted: (Group) -> Bool) -> Amount {
        amounts.filter { isWanted($0.key) }.values.reduce(.init(), +)
    }
}

extension QueueCensus.Amount {
    fileprivate func document(_ status: QueueStatus) -> JSONValue {
        .record([
            "jobs": .integer(jobs), "gflop": .number((work.gflop * 1000).rounded() / 1000),
            "seconds": status.estimatedTime(of: work).map { .number((($0 / .seconds(1)) * 1000).rounded() / 1000) }
                ?? .null,
        ])
    }
}

extension RegisteredProcess {
    fileprivate var document: JSONValue {
        let refused = Dictionary(uniqueKeysWithValues: refusals.map { ($0.model, $0.agreed) })
        let models = process.models.sorted { $0.key < $1.key }.map { name, weights in
            JSONValue.record([
                "name": .string(name), "sha256": .string(weights),
                "agreed_sha256": .string(refused[name] ?? weights),
                "refused": .bool(refused[name] != nil),
            ])
        }
        return .record([
            "id": .string(process.id), "kind": .string(process.kind.rawValue), "host": .string(process.host),
            "version": .string(process.version), "workers": .integer(process.workers),
            "threads": .integer(process.threads), "seen_ms_ago": .milliseconds(silence), "models": .array(models),
        ])
    }
}
