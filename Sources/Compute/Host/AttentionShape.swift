/// The sizes of an attention, checked.
struct AttentionShape {
    /// Over all images.
    let sequences: Int
    /// n, of one sequence.
    let queries: Int
    /// N, of one sequence.
    let keys: Int
    /// D.
    let width: Int
    let headWidth: Int

    init(_ queries: Tensor, _ keysValues: Tensor, heads: Int, sequences: Int) {
        width = queries.columns
        precondition(keysValues.columns == 2 * width && width % heads == 0, "whole heads of keys and values")
        precondition(queries.rows % sequences == 0 && keysValues.rows % sequences == 0, "whole sequences")
        precondition(queries.images == keysValues.images, "the same images")
        self.sequences = queries.images * sequences
        self.queries = queries.rows / sequences
        keys = keysValues.rows / sequences
        headWidth = width / heads
    }

    /// Multiplications in all.
    var work: Int { 2 * sequences * queries * keys * width }
}
