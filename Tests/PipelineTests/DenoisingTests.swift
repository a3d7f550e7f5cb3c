import Compute
import Sampler
import Testing

@testable import Pipeline

/// The definition is `DiffusionSchedule.Step.advance`; the operation has to give its bits.
@Suite("Denoising on a backend")
struct DenoisingTests {
    private static let schedules = [
        DiffusionSchedule(stepCount: 20, timestepClip: 950), .init(stepCount: 50, timestepClip: nil),
    ]

    /// Numbers about 0 with all bits of their mantissa.
    private func values(_ count: Int, _ salt: UInt64) -> [Float] {
        let noise = PhiloxNoise(seed: salt, channels: count)
        return noise.initial(token: 0).map { $0 / 3 }
    }

    @Test(arguments: Engine.available, [1, 2])
    func `is the schedule's step bit for bit, each token in its own, and keeps both halves alike`(
        engine: Engine, halves: Int
    ) {
        let backend = engine.makeBackend(threads: 2)
        let (images, count, channels, guidance, temperature) = (2, 5, 3, 2.7, 0.95)
        // Every row another step, the last ones of both schedules among them.
        let rows = (0..<images * count).map { row in
            let steps = Self.schedules[row % 2].steps
            return row < 2 ? steps[steps.count - 1] : steps[row * 2]
        }
        let latents = values(images * count * channels, 1)
        let prediction = values(images * halves * count * 2 * channels, 2)
        let noise = values(images * count * channels, 3)
        let width = count * channels
        let x = backend.makeTensor(
            (0..<images).flatMap { image in
                repeatElement(latents[image * width..<(image + 1) * width], count: halves).joined()
            }, images: images, rows: halves * count, columns: channels)
        backend.denoise(
            x,
            prediction: backend.makeTensor(
                prediction, images: images, rows: halves * count, columns: 2 * channels),
            noise: backend.makeTensor(noise, images: images, rows: count, columns: channels),
            steps: rows.map { DenoisingStep($0, guidance: guidance, temperature: temperature) })

        let expected = (0..<images).flatMap { image in
            let half = (0..<count).flatMap { token -> [Float] in
                (0..<channels).map { channel in
                    let row = image * count + token
                    let at = (image * halves * count + token) * 2 * channels + channel
                    let epsC = prediction[at]
                    let epsU = prediction[at + (halves - 1) * count * 2 * channels]
                    return rows[row].advance(
                        latents[row * channels + channel],
                        eps: halves == 1 ? epsC : epsU + Float(guidance) * (epsC - epsU),
                        variance: prediction[at + channels], noise: noise[row * channels + channel],
                        temperature: Float(temperature))
                }
            }
            return repeatElement(half, count: halves).joined()
        }
        #expect(backend.read(x) == expected)
    }
}
