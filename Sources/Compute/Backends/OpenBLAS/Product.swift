internal import CBLAS

/// Row-major fp32 matrix products. Each operand is its base address and the distance between its rows.
enum Product {
    /// c = a b^T, or c += a b^T. [rows, depth] x [columns, depth] -> [rows, columns].
    static func timesTransposed(
        _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
        into c: UnsafeMutablePointer<Float>, _ cStride: Int, rows: Int, columns: Int, depth: Int, accumulate: Bool
    ) {
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(depth), 1, a,
            blasint(aStride), b, blasint(bStride), accumulate ? 1 : 0, c, blasint(cStride))
    }

    /// c = a b. [rows, depth] x [depth, columns] -> [rows, columns].
    static func times(
        _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
        into c: UnsafeMutablePointer<Float>, _ cStride: Int, rows: Int, columns: Int, depth: Int
    ) {
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(depth), 1, a,
            blasint(aStride), b, blasint(bStride), 0, c, blasint(cStride))
    }
}
