/// An immutable array of weights, shared by all workers (a norm's scale, an embedding table, a position table).
package struct Parameter: Sendable {
    package let rows: Int
    package let columns: Int
    let storage: any ParameterStorage

    init(rows: Int, columns: Int, storage: any ParameterStorage) {
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }
}

/// Weights of y = x W^T + b, in the form the backend multiplies fastest.
package struct LinearParameters: Sendable {
    package let inputs: Int
    package let outputs: Int
    let storage: any ParameterStorage
}

/// Weights of a 3 x 3 convolution with padding 1 and stride 1, channels last.
package struct ConvolutionParameters: Sendable {
    package let inputs: Int
    package let outputs: Int
    let storage: any ParameterStorage
}

/// Memory of weights, in the form its backend knows. Never written after it was made.
protocol ParameterStorage: AnyObject, Sendable {}

/// A group norm over the pixels and the channels of each group, then x * sigmoid(x) if `silu`.
package struct GroupNorm: Sendable {
    package let parameters: NormParameters
    package let groups: Int
    package let epsilon: Float
    package let silu: Bool

    package init(_ parameters: NormParameters, groups: Int, epsilon: Float, silu: Bool) {
        precondition(parameters.scale.columns % groups == 0, "whole groups")
        self.parameters = parameters
        self.groups = groups
        self.epsilon = epsilon
        self.silu = silu
    }

    var channels: Int { parameters.scale.columns }
}

/// Scale and shift of a normalisation, one value per channel each.
package struct NormParameters: Sendable {
    package let scale: Parameter
    package let shift: Parameter

    package init(scale: Parameter, shift: Parameter) {
        self.scale = scale
        self.shift = shift
    }
}
