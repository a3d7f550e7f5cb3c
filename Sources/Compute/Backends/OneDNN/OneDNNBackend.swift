#if arch(x86_64)
internal import CKernels
internal import COneDNN

/// The library path on x86: products and convolutions of oneDNN in fp32 or bf16, `CKernels` for everything between them.
///
/// A layer's columns are packed in shares and its rows multiplied in blocks of up to 64. Up to there the library takes one
/// layout of the weights and adds in one order at every number of rows (`InvarianceTests`): so all images of a batch are
/// one product. It is fast only with dense results, so a block's share goes to a tile in a core's second-level cache and
/// from there to where it belongs.
package final class OneDNNBackend: PackedAttention {
    /// Rows of one product.
    static let blockRows = 64
    /// Columns of one product: whole blocks of the packed layout (64), few enough that a product of a few rows has shares
    /// for several threads.
    static let shareColumns = 128

    package let precision: Precision
    /// Of attention.
    let tile = PackedTile.widest
    let pool = ScratchPool()
    let team: ThreadTeam
    /// One per thread of the team.
    let lanes: [OneDNNLane]

    /// - Parameters:
    ///   - precision: bf16 needs a processor that has it (`Engine.available`).
    ///   - threads: most threads that one operation may use, the caller's own included.
    ///   - share: how many of them it may use at the moment; nil: all.
    package init(precision: Precision, threads: Int, share: CoreShare? = nil) {
        self.precision = precision
        let team = ThreadTeam(threadCount: threads, share: share)
        self.team = team
        let tileByteCount = Self.blockRows * Self.shareColumns * MemoryLayout<Float>.stride
        lanes = (0..<team.threadCount).map { _ in OneDNNLane(precision, tileByteCount: tileByteCount) }
    }

    package func makeLinear(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int, at place: LayerPlace
    ) -> LinearParameters {
        precondition(weight.count == inputs * outputs && bias.count == outputs, "weights of another shape")
        let shares = stride(from: 0, to: outputs, by: Self.shareColumns).map { first in
            let columns = first..<min(first + Self.shareColumns, outputs)
            let rows = Array(weight[columns.lowerBound * inputs..<columns.upperBound * inputs])
            let plain = OneDNNLayout([inputs, columns.count], .fp32, dnnl_ba)
            let layout = lanes[0].weightsLayout(
                .product(
                    rows: Self.blockRows, depth: inputs, columns: columns.count, activation: .identity, result: .fp32))
            return PackedWeights(
                OneDNNMemory(plain, in: HostBlock(rows)).reordered(as: layout), bias: bias[columns],
                OneDNNLayout([1, columns.count], .fp32, dnnl_ab))
        }
        return LinearParameters(inputs: inputs, outputs: outputs, storage: PackedLayer(shares))
    }

    package func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, as kind: TensorKind
    ) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: parameters.outputs, as: kind)
        let (y, width, size) = unsafe (output.address, output.columns, output.precision.byteCount)
        unsafe product(input, parameters, activation, into: output) { tile, row, columns in
            unsafe (y + (row * width + columns.lowerBound) * size)
                .copyMemory(from: tile, byteCount: columns.count * size)
        }
        return output
    }

    package func add(_ input: Tensor, _ parameters: LinearParameters, to sum: Tensor) {
        let (y, width) = unsafe (sum.host, sum.columns)
        unsafe product(input, parameters, .identity, into: sum) { tile, row, columns in
            let (target, x) = unsafe (
                y + row * width + columns.lowerBound, tile.assumingMemoryBound(to: Float.self)
            )
            for column in 0..<columns.count { unsafe target[column] += x[column] }
        }
    }

    package func addGated(_ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, to sum: Tensor) {
        let width = sum.columns
        precondition(modulation.totalRows == sum.totalRows && modulation.columns == 3 * width)
        let (y, gate) = unsafe (sum.host, modulation.host + 2 * width)
        unsafe product(input, parameters, .identity, into: sum) { tile, row, columns in
            unsafe uk_add_gated(
                tile.assumingMemoryBound(to: Float.self), gate + row * 3 * width + columns.lowerBound,
                y + row * width + columns.lowerBound, 1, columns.count, columns.count)
        }
    }

    /// act(input W^T + b), piece by piece.
    /// - Parameter write: gets a row's result in some of the columns, in the precision of the output.
    private func product(
        _ input: Tensor, _ parameters: LinearParameters, _ activation: Activation, into output: Tensor,
        _ write: @escaping (_ tile: UnsafeMutableRawPointer, _ row: Int, _ columns: Range<Int>) -> Void
    ) {
        let (rows, depth, outputs) = (input.totalRows, parameters.inputs, parameters.outputs)
        precondition(input.columns == depth && output.columns == outputs && output.totalRows == rows)
        let (shares, result) = (parameters.storage.oneDNN.shares, output.precision)
        let operand = asOperand(input)
        let (x, xSize, size) = unsafe (operand.address, depth * precision.byteCount, result.byteCount)
        let blocks = rows.dividedUp(by: Self.blockRows)
        team.run(chunks: blocks * shares.count, work: rows * depth * outputs) { [lanes] chunk, thread in
            let (block, share) = chunk.quotientAndRemainder(dividingBy: shares.count)
            let first = (row: block * Self.blockRows, column: share * Self.shareColumns)
            let columns = first.column..<min(first.column + Self.shareColumns, outputs)
            let count = min(Self.blockRows, rows - first.row)
            let shape = LayerShape.product(
                rows: count, depth: depth, columns: columns.count, activation: activation, result: result)
            let tile = unsafe lanes[thread].tile(shape, x + first.row * xSize, shares[share])
            for row in 0..<count {
                unsafe write(tile + row * columns.count * size, first.row + row, columns)
            }
        }
        withExtendedLifetime(operand) {}
    }

    /// The input in the backend's precision.
    private func asOperand(_ input: Tensor) -> Tensor {
        input.precision == precision ? input : operand(input)
    }
}
#endif
