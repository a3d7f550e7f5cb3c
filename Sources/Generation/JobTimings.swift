package import JSON

/// Where the time of a job went, as the API and the command line show it.
package struct JobTimings: Sendable, Equatable {
    /// From submission to start; nil where there is no queue.
    package var queue: Duration?
    /// From the start of the generation to its end.
    package var total: Duration
    package var stages: [StageTiming]

    package init(queue: Duration?, total: Duration, stages: [StageTiming]) {
        self.queue = queue
        self.total = total
        self.stages = stages
    }

    package var json: JSONValue {
        .record([
            "queue_ms": queue.map(JSONValue.milliseconds),
            "total_ms": .milliseconds(total),
            "stages": .array(stages.map(\.json)),
        ])
    }

    /// Value of a `Server-Timing` field (W3C Server Timing).
    package var serverTiming: String {
        var metrics = stages.map { ($0.name, $0.total) }
        if let queue { metrics.insert(("queue", queue), at: 0) }
        metrics.append(("total", total))
        return metrics.map { "\($0);dur=\(JSONValue.milliseconds($1).text())" }.joined(separator: ", ")
    }
}

extension StageTiming {
    /// The stage's name in JSON and in `Server-Timing`.
    package var name: String {
        switch self {
        case .structure: "structure"
        case .reconstruction: "reconstruction"
        case .vae: "vae"
        case .png: "png"
        }
    }

    package var total: Duration {
        switch self {
        case .structure(let decoding), .reconstruction(let decoding, _, _): decoding.total
        case .vae(let total), .png(let total): total
        }
    }

    package var json: JSONValue {
        switch self {
        case .structure(let decoding):
            json(decoding, detailTokens: nil, fts: nil)
        case .reconstruction(let decoding, let detailTokens, let fts):
            json(decoding, detailTokens: detailTokens, fts: fts)
        case .vae, .png:
            .record(["name": .string(name), "total_ms": .milliseconds(total)])
        }
    }

    private func json(_ decoding: Decoding, detailTokens: Int?, fts: Duration?) -> JSONValue {
        .record([
            "name": .string(name),
            "total_ms": .milliseconds(decoding.total),
            "steps": .integer(decoding.steps),
            "tokens": .integer(decoding.tokens),
            "diffusion_steps": .integer(decoding.diffusionSteps),
            "encoder_ms": .milliseconds(decoding.encoder),
            "decoder_ms": .milliseconds(decoding.decoder),
            "diffusion_ms": .milliseconds(decoding.diffusion),
            "detail_tokens": detailTokens.map { .integer($0) },
            "fts_ms": fts.map(JSONValue.milliseconds),
        ])
    }
}
