#if arch(x86_64)
/// What one primitive computes: the library makes code for exactly these sizes.
enum LayerShape: Hashable {
    /// act(x W^T + b): [rows, depth] -> [rows, columns], both dense.
    case product(rows: Int, depth: Int, columns: Int, activation: Activation, result: Precision)
    /// A 3 x 3 convolution of `lines` lines of an image, with a line of zeros above or below where the image ends:
    /// [lines, width, inputs] -> [lines + above + below - 2, width, outputs].
    case convolution(
        lines: Int, above: Int, below: Int, width: Int, inputs: Int, outputs: Int, accumulates: Bool)
}
#endif
