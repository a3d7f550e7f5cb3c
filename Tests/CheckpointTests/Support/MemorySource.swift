@testable import Checkpoint
@testable import MARModel

/// A file that exists only in memory.
final class MemorySource: ByteSource {
    let path = "test.pth"
    private let content: [UInt8]

    init(_ content: [UInt8]) { self.content = content }

    var byteCount: Int { content.count }

    func bytes(at offset: Int, count: Int) -> [UInt8] { Array(content[offset..<offset + count]) }
}
