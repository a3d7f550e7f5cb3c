/// Reads the elements of a tensor piece by piece, as fp32 in row-major order, and refuses what is no number.
package struct TensorReader {
    /// Elements of a piece.
    package static let pieceCount = 1 << 18
    /// The largest piece of a file that is held at once, to reorder a tensor whose elements are not in row-major order.
    package static let maximumReorderedByteCount = 512 << 20

    private let source: any ByteSource

    package init(source: any ByteSource) {
        self.source = source
    }

    /// - Parameters:
    ///   - name: of the tensor, for errors.
    ///   - body: gets the pieces in order.
    /// - Throws: `CheckpointError`, `.notFinite` among others.
    package func forEachPiece(
        of tensor: StoredTensor, name: String, _ body: ([Float]) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        if tensor.isContiguous {
            var start = 0
            while start < tensor.elementCount {
                let count = min(Self.pieceCount, tensor.elementCount - start)
                let bytes = try source.bytes(
                    at: tensor.byteOffset + start * tensor.type.byteCount, count: count * tensor.type.byteCount)
                let piece = try numbers(0..<count, below: count, of: bytes, tensor, name)
                try check(piece, start: start, name)
                try body(piece)
                start += count
            }
        } else {
            try forEachReorderedPiece(of: tensor, name: name, body)
        }
    }

    private func forEachReorderedPiece(
        of tensor: StoredTensor, name: String, _ body: ([Float]) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let byteCount = tensor.extent * tensor.type.byteCount
        guard byteCount <= Self.maximumReorderedByteCount else {
            throw .malformedTensor(
                file: source.path, tensor: name,
                reason: "its elements are spread over \(byteCount) bytes, over the limit: save it with .contiguous()")
        }
        let bytes = try source.bytes(at: tensor.byteOffset, count: byteCount)
        var index = [Int](repeating: 0, count: tensor.shape.count)
        var (position, done) = (0, 0)
        while done < tensor.elementCount {
            let count = min(Self.pieceCount, tensor.elementCount - done)
            var positions: [Int] = []
            positions.reserveCapacity(count)
            for _ in 0..<count {
                positions.append(position)
                var dimension = index.count - 1
                while dimension >= 0 {
                    index[dimension] += 1
                    position += tensor.strides[dimension]
                    if index[dimension] < tensor.shape[dimension] { break }
                    position -= tensor.shape[dimension] * tensor.strides[dimension]
                    index[dimension] = 0
                    dimension -= 1
                }
            }
            let piece = try numbers(positions, below: tensor.extent, of: bytes, tensor, name)
            try check(piece, start: done, name)
            try body(piece)
            done += count
        }
    }

    /// The elements at these positions of `bytes`, each below `limit`.
    private func numbers(
        _ positions: some Collection<Int>, below limit: Int, of bytes: [UInt8], _ tensor: StoredTensor, _ name: String
    ) throws(CheckpointError) -> [Float] {
        precondition(bytes.count >= limit * tensor.type.byteCount, "positions inside the bytes")
        let floats = unsafe bytes.withUnsafeBytes { unsafe tensor.type.floats(at: positions, of: $0) }
        guard let floats else { throw .integers(file: source.path, tensor: name) }
        return floats
    }

    private func check(_ piece: [Float], start: Int, _ name: String) throws(CheckpointError) {
        guard let index = piece.firstIndex(where: { !$0.isFinite }) else { return }
        throw .notFinite(file: source.path, tensor: name, element: start + index, value: piece[index])
    }
}
