/// A text to look for in others, in time linear in their length whatever both are made of (Knuth, Morris, Pratt).
package struct BytePattern: Sendable {
    private let bytes: [UInt8]
    /// For each prefix: the length of its longest proper prefix that is its suffix too.
    private let borders: [Int]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var borders = [Int](repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = borders[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            borders[index] = length
        }
        self.borders = borders
    }

    /// - Parameter comparisons: grows by the bytes compared, at most twice as many as the text has.
    package func occurs(in text: [UInt8], _ comparisons: inout Int) -> Bool {
        guard bytes.count <= text.count else { return false }
        if bytes.isEmpty { return true }
        var length = 0
        for byte in text {
            while true {
                comparisons += 1
                if byte == bytes[length] {
                    length += 1
                    break
                }
                if length == 0 { break }
                length = borders[length - 1]
            }
            if length == bytes.count { return true }
        }
        return false
    }
}
