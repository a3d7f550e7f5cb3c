import Foundation
import Generation
import JSON

/// What `generate` tells of the images it made.
struct GenerationReport {
    private struct Entry {
        let request: GenerationRequest
        let image: GeneratedImage
        let file: String
    }

    private var entries: [Entry] = []
    private var total = Duration.zero
    private var work = Work.zero
    private var stages: [StageTiming] = []

    mutating func add(
        _ request: GenerationRequest, _ outcome: GenerationOutcome, work: Work, total: Duration, files: [String]
    ) {
        for (image, file) in zip(outcome.images, files) {
            entries.append(Entry(request: request, image: image, file: file))
        }
        self.total += total
        self.work += work
        stages = stages.isEmpty ? outcome.stages : zip(stages, outcome.stages).map { $0.adding($1) }
    }

    var json: JSONValue {
        .record([
            "images": .array(
                entries.map { entry in
                    .record([
                        "file": .string(entry.file), "class_id": .integer(entry.request.classID),
                        "seed": .integer(entry.image.seed), "width": .integer(entry.image.width),
                        "height": .integer(entry.image.height), "bytes": .integer(entry.image.png.count),
                    ])
                }),
            "timings": JobTimings(queue: nil, total: total, stages: stages).json,
            // Thousands of millions of floating-point operations of all images.
            "gflop": .number(work.gflop),
            "settings": entries.first?.request.settingsJSON,
        ])
    }

    /// The list that `training/evaluate` reads.
    var manifest: JSONValue {
        json["images"] ?? .array([])
    }

    /// The timings for people.
    var table: String {
        func row(_ name: String, _ cells: [String]) -> String {
            name.padding(toLength: 18, withPad: " ", startingAt: 0)
                + cells.map { String(repeating: " ", count: max(0, 11 - $0.count)) + $0 }.joined()
        }
        func milliseconds(_ time: Duration) -> String {
            let components = time.components
            return String(format: "%.1f", Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15)
        }
        var lines = [row("stage", ["ms", "steps", "tokens", "encoder", "decoder", "diffusion", "fts"])]
        for stage in stages {
            switch stage {
            case .structure(let work), .reconstruction(let work, _, _):
                var cells = [milliseconds(stage.total), "\(work.steps)", "\(work.tokens)"]
                cells += [work.encoder, work.decoder, work.diffusion].map(milliseconds)
                if case .reconstruction(_, _, let fts) = stage { cells.append(milliseconds(fts)) }
                lines.append(row(stage.name, cells))
            case .vae(let total), .png(let total): lines.append(row(stage.name, [milliseconds(total)]))
            }
        }
        lines.append(row("total", [milliseconds(total)]))
        let files = entries.count == 1 ? entries[0].file : "\(entries.count) images"
        return (lines + ["\(files), \(milliseconds(total / max(1, entries.count))) ms per image"])
            .joined(separator: "\n")
    }
}
