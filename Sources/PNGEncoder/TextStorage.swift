import CPNG

/// Text chunks in the form C wants: NUL-terminated strings, all in one array that pointers go into.
struct TextStorage {
    private var bytes: [UInt8] = []
    private var entries: [(keyword: Int, text: Int, isUTF8: Bool)] = []

    init(_ metadata: [PNGText]) {
        for entry in metadata {
            let keyword = bytes.count
            bytes += entry.keywordBytes + [0]
            let text = bytes.count
            bytes += entry.textBytes + [0]
            entries.append((keyword, text, entry.needsUTF8))
        }
    }

    /// The pointers are valid only during `body`.
    func withTexts(_ body: (UnsafeBufferPointer<underpaint_png_text>) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            let texts = unsafe entries.map { entry in
                unsafe underpaint_png_text(
                    keyword: unsafe bytes.baseAddress?.advanced(by: entry.keyword).assumingMemoryBound(to: CChar.self),
                    text: unsafe bytes.baseAddress?.advanced(by: entry.text).assumingMemoryBound(to: CChar.self),
                    utf8: entry.isUTF8 ? 1 : 0)
            }
            unsafe texts.withUnsafeBufferPointer { texts in unsafe body(texts) }
        }
    }
}
