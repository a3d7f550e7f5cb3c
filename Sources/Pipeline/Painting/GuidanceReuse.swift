import Compute
import Sampler

/// The unconditional half of a step that does not compute it: the conditional one less what the halves differed by at an
/// earlier step. What is carried from step to step is the painting's own.
struct GuidanceReuse {
    let backend: any Backend
    /// D.
    let width: Int

    /// Takes the tokens of later steps off the conditions of a step that computed both halves.
    /// - Parameters:
    ///   - z: of the step's tokens and then the tokens ahead, [B, 2 (n + m), D], the conditional half first.
    ///   - paintings: get the differences of the tokens ahead.
    /// - Returns: z of the step's tokens, [B, 2 n, D].
    func keep(_ z: Tensor, in paintings: inout [Painting]) -> Tensor {
        let ahead = paintings.map(\.tokensAhead)
        guard !ahead[0].isEmpty else { return z }
        let length = z.rows / 2
        let count = length - ahead[0].count
        for (image, tokens) in ahead.enumerated() {
            let values = backend.read(z.images(image..<image + 1))
            for (index, token) in tokens.enumerated() {
                let (conditional, unconditional) = (count + index, length + count + index)
                paintings[image].guidanceAhead[token] = (0..<width).map {
                    values[conditional * width + $0] - values[unconditional * width + $0]
                }
            }
        }
        let own = (0..<2 * z.images).flatMap { half in half * length..<half * length + count }
        return backend.gather(z, rows: own)
    }

    /// - Parameter conditional: z of the step's tokens, [B, n, D].
    /// - Returns: both halves, [B, 2 n, D].
    func complete(_ conditional: Tensor, of paintings: [Painting]) -> Tensor {
        let values = backend.read(conditional)
        let count = conditional.rows * width
        let halves = paintings.enumerated().flatMap { image, painting in
            let own = values[image * count..<(image + 1) * count]
            let differences = painting.nextStep.tokens.flatMap { token in
                guard let difference = painting.guidanceAhead[token] else {
                    preconditionFailure("an earlier step computed it")
                }
                return difference
            }
            return own + zip(own, differences).map { $0 - $1 }
        }
        return backend.makeTensor(
            halves, images: conditional.images, rows: 2 * conditional.rows, columns: width)
    }
}
