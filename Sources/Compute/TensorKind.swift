/// What the elements of a tensor are for.
package enum TensorKind: Sendable {
    /// fp32: sums, norms, what is read back.
    case numbers
    /// What products read next, in the precision that the backend multiplies in. Linear layers take both kinds.
    case operand
    /// What the layers inside a block read: rows of int8 where the backend multiplies those, else an operand.
    case blockOperand
}
