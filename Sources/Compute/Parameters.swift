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

/// Scale and shift of a normalisation, one value per channel each.
package struct NormParameters: Sendable {
    package let scale: Parameter
    package let shift: Parameter

    package init(scale: Parameter, shift: Parameter) {
        self.scale = scale
        self.shift = shift
    }
}
