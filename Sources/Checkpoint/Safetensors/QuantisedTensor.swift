/// A tensor that is stored as whole numbers with a scale for each of its outputs: element = scale * number.
///
/// The file has the numbers under the tensor's own name, as I8 [outputs, ...], and the scales beside them, as F32 [outputs].
package struct QuantisedTensor: Sendable, Equatable {
    /// -127...127, row-major.
    package let numbers: [Int8]
    /// Finite and above 0, one for each output.
    package let scales: [Float]

    /// Of the tensor with the scales of this one.
    package static func scalesName(of tensor: String) -> String { tensor + ".scale" }
}

extension SafetensorsFile {
    /// Whether a tensor is stored as whole numbers with scales.
    package func isQuantised(_ name: String) throws(CheckpointError) -> Bool { try entry(name).type == .int8 }

    /// A tensor of I8 with its scales.
    /// - Throws: `CheckpointError` naming the tensor if the scales are missing or not such that the numbers are weights.
    package func quantised(_ name: String) throws(CheckpointError) -> QuantisedTensor {
        let entry = try entry(name)
        guard entry.type == .int8, let outputs = entry.shape.first else {
            throw .malformedTensor(
                file: path, tensor: name,
                reason: "holds \(entry.type.rawValue) of shape \(entry.shape), expected I8 with a scale for each output"
            )
        }
        let scales = try scales(of: name, outputs: outputs)
        let numbers = unsafe withBytes(of: entry) { unsafe Array($0.bindMemory(to: Int8.self)) }
        if let element = numbers.firstIndex(of: .min) {
            throw .malformedTensor(
                file: path, tensor: name, reason: "element \(element) is \(Int8.min), expected -127...127")
        }
        return QuantisedTensor(numbers: numbers, scales: scales)
    }

    private func scales(of tensor: String, outputs: Int) throws(CheckpointError) -> [Float] {
        let name = QuantisedTensor.scalesName(of: tensor)
        guard tensorNames.contains(name) else {
            throw .malformedTensor(
                file: path, tensor: tensor, reason: "holds I8, but the tensor with its scales, \(name), is missing")
        }
        let entry = try entry(name)
        guard entry.type == .float32 else {
            throw .malformedTensor(file: path, tensor: name, reason: "holds \(entry.type.rawValue), expected F32")
        }
        guard entry.shape == [outputs] else {
            throw .wrongShape(file: path, tensor: name, expected: [outputs], found: entry.shape)
        }
        let scales = try floats(name)
        if let output = scales.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
            throw .malformedTensor(
                file: path, tensor: name,
                reason: "the scale of output \(output) is \(scales[output]), expected a finite number above 0")
        }
        return scales
    }
}
