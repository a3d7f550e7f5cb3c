import Compute

/// norm, swish, conv, norm, swish, conv, plus the input (through a 1 x 1 convolution where the widths differ).
struct VAEResidualBlock: Sendable {
    private let norm1: GroupNorm
    private let conv1: ConvolutionParameters
    private let norm2: GroupNorm
    private let conv2: ConvolutionParameters
    private let shortcut: LinearParameters?

    /// - Parameter name: `vae.decoder.mid.block_1`, for example.
    init(_ name: String, inputs: Int, outputs: Int, groups: Int, from reader: WeightReader) throws {
        norm1 = try reader.groupNorm(name + ".norm1", channels: inputs, groups: groups)
        conv1 = try reader.convolution(name + ".conv1", inputs: inputs, outputs: outputs)
        norm2 = try reader.groupNorm(name + ".norm2", channels: outputs, groups: groups)
        conv2 = try reader.convolution(name + ".conv2", inputs: outputs, outputs: outputs)
        shortcut =
            inputs == outputs
            ? nil : try reader.pointwise([name + ".nin_shortcut"], inputs: inputs, outputs: outputs)
    }

    /// - Parameter x: [B, h w, inputs]; may be changed.
    /// - Returns: [B, h w, outputs].
    func apply(_ x: Tensor, imageWidth: Int, on backend: any Backend) -> Tensor {
        let inner = backend.convolution(x, normedBy: norm1, conv1, width: imageWidth, scale: 1)
        let sum = shortcut.map { backend.linear(x, $0) } ?? x
        backend.add(inner, normedBy: norm2, conv2, width: imageWidth, to: sum)
        return sum
    }
}
