import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Writes a safetensors file tensor by tensor, in constant memory.
package final class SafetensorsWriter {
    package struct Tensor {
        package let name: String
        package let shape: [Int]
        package let type: ElementType

        package init(name: String, shape: [Int], type: ElementType) {
            self.name = name
            self.shape = shape
            self.type = type
        }

        package var elementCount: Int { shape.reduce(1, *) }
        var byteCount: Int { elementCount * type.byteCount }
    }

    private let path: String
    private let descriptor: CInt
    private let tensors: [Tensor]
    private var next = 0
    /// Elements of `tensors[next]` that are written.
    private var written = 0

    /// Makes the file and writes its header.
    /// - Parameter tensors: in the order in which they will be given.
    package init(path: String, tensors: [Tensor]) throws(CheckpointError) {
        self.path = path
        self.tensors = tensors
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(file: path, reason: systemFault()) }
        try write(Self.header(tensors))
    }

    deinit { close(descriptor) }

    /// Bytes of the file with these tensors.
    package static func byteCount(of tensors: [Tensor]) -> Int {
        header(tensors).count + tensors.reduce(0) { $0 + $1.byteCount }
    }

    /// The next elements of the tensor at hand, or of the one after it; it has numbers with a fraction.
    package func append(_ values: [Float]) throws(CheckpointError) {
        precondition(next < tensors.count, "as announced")
        try append(tensors[next].type.bytes(of: values), elements: values.count)
    }

    /// The same for a tensor of I8.
    package func append(_ numbers: [Int8]) throws(CheckpointError) {
        precondition(next < tensors.count && tensors[next].type == .int8, "as announced")
        try append(numbers.map { UInt8(bitPattern: $0) }, elements: numbers.count)
    }

    private func append(_ bytes: [UInt8], elements: Int) throws(CheckpointError) {
        precondition(written + elements <= tensors[next].elementCount, "as announced")
        try write(bytes)
        written += elements
        if written == tensors[next].elementCount { (next, written) = (next + 1, 0) }
    }

    /// Waits until the file is on the disk.
    package func finish() throws(CheckpointError) {
        precondition(next == tensors.count, "every tensor was written")
        guard fsync(descriptor) == 0 else { throw .unwritable(file: path, reason: systemFault()) }
    }

    private static func header(_ tensors: [Tensor]) -> [UInt8] {
        var entries = [#""__metadata__":{"format":"pt"}"#]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            // Names are those of the model's own layers: letters, digits, '.' and '_'.
            entries.append(
                #""\#(tensor.name)":{"dtype":"\#(tensor.type.rawValue)","shape":\#(tensor.shape),"#
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
