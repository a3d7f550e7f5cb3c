/// Where a linear layer stands in its network, and so what precision it can do with.
package enum LayerPlace: Sendable {
    /// Inside a block, whose result is added to what is there: int8 will do.
    case block
    /// Into the first block or out of the last one, or an embedding: what is lost here is lost for all.
    case edge
}
