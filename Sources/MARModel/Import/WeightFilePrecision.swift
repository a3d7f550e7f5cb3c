import Checkpoint
import Compute

/// How an imported model's weights are stored.
package enum WeightFilePrecision: String, Sendable, CaseIterable {
    /// As the official checkpoints have them: nothing is lost.
    case fp32
    /// Half the file; each weight is rounded to 8 bits of mantissa.
    case bf16
    /// The matrices that `compute.precision: int8` multiplies in 8 bits, with a scale for each output; everything else as the
    /// checkpoint has it. So an engine in int8 computes what it would with the checkpoint's own numbers, bit for bit.
    case int8

    /// What a tensor is stored as.
    /// - Parameter source: what the checkpoint has it as.
    func type(of tensor: ModelTensors.Tensor, from source: ElementType) -> ElementType {
        switch (self, tensor.place) {
        case (.fp32, _): .float32
        case (.bf16, _): .bfloat16
        case (.int8, .block): .int8
        // Every fp16 number is one of fp32, but not of bf16.
        case (.int8, .edge): source == .bfloat16 ? .bfloat16 : .float32
        }
    }
}
