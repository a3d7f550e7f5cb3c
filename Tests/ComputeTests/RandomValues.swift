@testable import Compute

/// Reproducible numbers in -1...1 that bf16 holds exactly: rounding operands changes nothing, so one tolerance fits all.
struct RandomValues {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// - Parameter scale: a power of 2.
    mutating func values(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return scale * (Float(state >> 56) / 128 - 1)
        }
    }

    mutating func tensor(
        _ images: Int, _ rows: Int, _ columns: Int, on backend: any Backend, scale: Float = 1
    ) -> Tensor {
        backend.makeTensor(
            values(images * rows * columns, scale: scale), images: images, rows: rows, columns: columns)
    }

    mutating func operand(
        _ images: Int, _ rows: Int, _ columns: Int, on backend: any Backend, scale: Float = 1
    ) -> Tensor {
        backend.operand(tensor(images, rows, columns, on: backend, scale: scale))
    }

    mutating func norm(_ width: Int, on backend: any Backend) -> NormParameters {
        NormParameters(
            scale: backend.makeParameter(values(width), rows: 1, columns: width),
            shift: backend.makeParameter(values(width), rows: 1, columns: width))
    }

    /// Weights of about 1 / sqrt(inputs), so that results are about 1.
    mutating func linear(
        inputs: Int, outputs: Int, on backend: any Backend, at place: LayerPlace = .block
    ) -> LinearParameters {
        var scale: Float = 1
        while scale * scale * Float(inputs) > 2 { scale /= 2 }
        return backend.makeLinear(
            weight: values(inputs * outputs, scale: scale), bias: values(outputs), inputs: inputs, outputs: outputs,
            at: place)
    }
}
