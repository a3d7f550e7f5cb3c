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

    /// What one image costs that is made by itself.
    struct ImageCost {
        let work: Work
        /// Tokens times diffusion steps; the two halves of the guidance count as one.
        let diffusionEvaluations: Int
    }

    private let folder: ImageFolder
    private let perImage: ImageCost
    private var entries: [Entry] = []
    private var total = Duration.zero
    private var work = Work.zero
    private var stages: [StageTiming] = []

    init(folder: ImageFolder, perImage: ImageCost) {
        self.folder = folder
        self.perImage = perImage
    }

    /// Images that are written.
    var imageCount: Int { entries.count }

    /// Writes a finished image.
    /// - Returns: the path of its file.
    mutating func write(_ image: GeneratedImage, of request: GenerationRequest) throws(FileFault) -> String {
        let file = try folder.write(image, className: request.className)
        entries.append(Entry(request: request, image: image, file: file))
        return folder.path(of: file)
    }

    /// Adds what the images of one request took.
    mutating func add(_ stages: [StageTiming], work: Work, total: Duration) {
        self.total += total
        self.work += work
        self.stages = self.stages.isEmpty ? stages : zip(self.stages, stages).map { $0.adding($1) }
    }

    /// Writes `images.json`, the list that `training/evaluate` reads.
    func writeManifest() throws(FileFault) {
        try folder.write(Data((json["images"] ?? .array([])).text(isIndented: true).utf8), to: "images.json")
    }

    var json: JSONValue {
        .record([
            "images": .array(
                entries.map { entry in
                    .record([
                        "file": .string(entry.file), "path": .string(folder.path(of: entry.file)),
                        "class_id": .integer(entry.request.classID),
                        "seed": .integer(entry.image.seed), "width": .integer(entry.image.width),
                        "height": .integer(entry.image.height), "bytes": .integer(entry.image.png.count),
                    ])
                }),
            "timings": JobTimings(queue: nil, total: total, stages: stages).json,
            // Thousands of millions of floating-point operations of all images.
            "gflop": .number(work.gflop),
            "per_image": .record([
                "gflop": .number(perImage.work.gflop), "diffusion_evaluations": .integer(perImage.diffusionEvaluations),
            ]),
            "settings": entries.first?.request.settingsJSON,
        ])
    }

    /// The timings for people.
    var table: String {
        let columns = TableColumns(name: 18, cell: 11)
        func milliseconds(_ time: Duration) -> String { String(format: "%.1f", time / .milliseconds(1)) }
        var lines = [columns.row("stage", ["ms", "steps", "tokens", "encoder", "decoder", "diffusion", "fts"])]
        for stage in stages {
            switch stage {
            case .structure(let work), .reconstruction(let work, _, _):
                var cells = [milliseconds(stage.total), "\(work.steps)", "\(work.tokens)"]
                cells += [work.encoder, work.decoder, work.diffusion].map(milliseconds)
                if case .reconstruction(_, _, let fts) = stage { cells.append(milliseconds(fts)) }
                lines.append(columns.row(stage.name, cells))
            case .vae(let total), .png(let total): lines.append(columns.row(stage.name, [milliseconds(total)]))
            }
        }
        lines.append(columns.row("total", [milliseconds(total)]))
        let images = entries.count == 1 ? "1 image" : "\(entries.count) images"
        let time = milliseconds(total / max(1, entries.count))
        return (lines + ["\(images) in \(folder.path), \(time) ms per image"]).joined(separator: "\n")
    }
}
