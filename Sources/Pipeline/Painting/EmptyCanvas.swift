import Compute
import MARModel
import Sampler

/// Conditions of the first autoregressive step, in which no token is known: they depend on nothing but the model and the
/// row of its class table, so they are kept; beyond a limit the least recently used one goes.
final class EmptyCanvas {
    /// Rows that are known.
    var rowCount: Int { conditions.count }

    private let model: MARModel
    private let backend: any Backend
    /// z of every token, [1, L, D], by row of the class table.
    private var conditions: [Int: Tensor] = [:]
    /// The rows, the one used last at the end.
    private var order: [Int] = []

    init(model: MARModel, backend: any Backend) {
        self.model = model
        self.backend = backend
    }

    /// - Parameters:
    ///   - classRows: [B][halves].
    ///   - wanted: tokens whose conditions are asked for. [B][n]
    ///   - clock: gets the time of what is not known yet.
    /// - Returns: z, [B, halves * n, D], as the decoder would give it.
    func decode(_ classRows: [[Int]], wanted: [[Int]], stage: SamplingStage, clock: inout StageClock) -> Tensor {
        let rows = Set(classRows.joined())
        let missing = rows.subtracting(conditions.keys).sorted()
        if !missing.isEmpty { compute(missing, stage: stage, clock: &clock) }
        order = order.filter { !rows.contains($0) } + rows.sorted()

        let count = wanted[0].count
        let width = model.configuration.decoder.width
        let z = backend.makeTensor(images: wanted.count, rows: classRows[0].count * count, columns: width)
        for (sequence, row) in classRows.joined().enumerated() {
            guard let known = conditions[row] else { preconditionFailure("computed above") }
            let tokens = wanted[sequence / classRows[0].count]
            backend.copyRows(
                known, from: tokens, to: Array(sequence * count..<(sequence + 1) * count), of: z)
        }
        while order.count > max(backend.thresholds.keptCanvases, rows.count) { conditions[order.removeFirst()] = nil }
        return z
    }

    private func compute(_ rows: [Int], stage: SamplingStage, clock: inout StageClock) {
        let canvas = Canvas(known: rows.map { _ in [] }, latents: [], classRows: rows.map { [$0] })
        let all = Array(0..<model.configuration.tokenCount)
        let encoded = clock.measure(.encoder(stage)) { model.encoder.encode(canvas, on: backend) }
        let z = clock.measure(.decoder(stage)) {
            model.decoder.decode(encoded, of: canvas, wanted: rows.map { _ in all }, on: backend)
        }
        for (image, row) in rows.enumerated() { conditions[row] = z.images(image..<image + 1) }
    }
}
