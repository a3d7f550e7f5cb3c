// Which row of which tensor is what, for one autoregressive step. A half of an image's guidance is a sequence; sequence s
// belongs to image s / halves.

extension Canvas {
    private var sequences: Range<Int> { 0..<images * halves }

    /// The class of every row of the encoder: its row of the class table. [B S (P + N)]
    func classes(bufferTokens: Int) -> [Int] {
        classRows.joined().flatMap { repeatElement($0, count: bufferTokens + knownCount) }
    }

    /// The slot 0 ..< P + L of every row of the encoder: buffer tokens, then known tokens. [B S (P + N)]
    func encoderSlots(bufferTokens: Int) -> [Int] {
        known.flatMap { known in
            let slots = Array(0..<bufferTokens) + known.map { bufferTokens + $0 }
            return repeatElement(slots, count: halves).joined()
        }
    }

    /// Where the known tokens come from, rows of [B, N], and where they go, rows of the encoder: once for each half.
    func knownRows(bufferTokens: Int) -> (from: [Int], to: [Int]) {
        let length = bufferTokens + knownCount
        return (
            sequences.flatMap { sequence in (0..<knownCount).map { sequence / halves * knownCount + $0 } },
            sequences.flatMap { sequence in (0..<knownCount).map { sequence * length + bufferTokens + $0 } }
        )
    }

    /// Where the encoder's rows go among all slots: rows of [B, S (P + L)].
    func decoderRows(bufferTokens: Int, tokenCount: Int) -> [Int] {
        let slots = bufferTokens + tokenCount
        return sequences.flatMap { sequence in
            (0..<bufferTokens).map { sequence * slots + $0 }
                + known[sequence / halves].map { sequence * slots + bufferTokens + $0 }
        }
    }

    /// Where the wanted tokens are among all slots: rows of [B, S (P + L)].
    /// - Parameter wanted: [B][n].
    func rows(of wanted: [[Int]], bufferTokens: Int, tokenCount: Int) -> [Int] {
        let slots = bufferTokens + tokenCount
        return sequences.flatMap { sequence in
            wanted[sequence / halves].map { sequence * slots + bufferTokens + $0 }
        }
    }

    /// The wanted tokens, once for each half. [B S n]
    func tokens(of wanted: [[Int]]) -> [Int] {
        wanted.flatMap { repeatElement($0, count: halves).joined() }
    }
}
