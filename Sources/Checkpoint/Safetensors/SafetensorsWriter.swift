import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Writes a safetensors file tensor by tensor, in constant memory.
package final class SafetensorsWriter {
    package struct Tensor {
        package let name: String
        package let shape: [Int]

        package init(name: String, shape: [Int]) {
            self.name = name
            self.shape = shape
        }

        package var elementCount: Int { shape.reduce(1, *) }
    }

    private let path: String
    private let descriptor: CInt
    private let precision: WeightFilePrecision
    private let tensors: [Tensor]
    private var next = 0
    /// Elements of `tensors[next]` that are written.
    private var written = 0

    /// Makes the file and writes its header.
    /// - Parameters:
    ///   - tensors: in the order in which they will be given.
    ///   - precision: of all of them.
    package init(
        path: String, tensors: [Tensor], precision: WeightFilePrecision
    ) throws(CheckpointError) {
        self.path = path
        self.precision = precision
        self.tensors = tensors
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(file: path, reason: systemFault()) }
        try write(Self.header(tensors, precision))
    }

    deinit { close(descriptor) }

    /// Bytes of the file with these tensors.
    package static func byteCount(of tensors: [Tensor], precision: WeightFilePrecision) -> Int {
        header(tensors, precision).count + tensors.reduce(0) { $0 + $1.elementCount } * precision.byteCount
    }

    /// The next elements of the tensor at hand, or of the one after it.
    package func append(_ values: [Float]) throws(CheckpointError) {
        precondition(next < tensors.count && written + values.count <= tensors[next].elementCount, "as announced")
        try write(precision.bytes(of: values))
        written += values.count
        if written == tensors[next].elementCount { (next, written) = (next + 1, 0) }
    }

    /// Waits until the file is on the disk.
    package func finish() throws(CheckpointError) {
        precondition(next == tensors.count, "every tensor was written")
        guard fsync(descriptor) == 0 else { throw .unwritable(file: path, reason: systemFault()) }
    }

    private static func header(_ tensors: [Tensor], _ precision: WeightFilePrecision) -> [UInt8] {
        var entries = [#""__metadata__":{"format":"pt"}"#]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.elementCount * precision.byteCount
            // Names are those of the model's own layers: letters, digits, '.' and '_'.
            entries.append(
                #""\#(tensor.name)":{"dtype":"\#(precision.elementType.rawValue)","shape":\#(tensor.shape),"#
                    + #""data_offsets":[\#(offset),\#(end)]}"#)
            offset = end
        }
        var json = Array("{\(entries.joined(separator: ","))}".utf8)
        while !json.count.isMultiple(of: 8) { json.append(0x20) }
        return unsafe withUnsafeBytes(of: UInt64(json.count).littleEndian) { unsafe Array($0) } + json
    }

    private func write(_ bytes: [UInt8]) throws(CheckpointError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .unwritable(file: path, reason: systemFault()) }
            done += count
        }
    }
}
