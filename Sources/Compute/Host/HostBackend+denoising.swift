extension HostBackend {
    package func denoise(_ x: Tensor, prediction: Tensor, noise: Tensor, steps: [DenoisingStep]) {
        let (channels, count, halves) = (x.columns, noise.rows, x.rows / noise.rows)
        precondition((1...2).contains(halves) && x.rows == halves * count, "one half or two")
        precondition(x.images == noise.images && noise.columns == channels && steps.count == noise.totalRows)
        precondition(prediction.totalRows == x.totalRows && prediction.columns == 2 * channels, "eps and v")
        let (x, prediction, noise) = unsafe (x.host, prediction.host, noise.host)
        for (row, step) in steps.enumerated() {
            let (image, token) = row.quotientAndRemainder(dividingBy: count)
            let conditional = image * halves * count + token
            let unconditional = conditional + (halves - 1) * count
            for channel in 0..<channels {
                let (at, apart) = (2 * channels * conditional + channel, 2 * channels * unconditional + channel)
                let (epsC, epsU) = unsafe (prediction[at], prediction[apart])
                let value = unsafe step.advance(
                    x[channels * conditional + channel],
                    eps: halves == 1 ? epsC : epsU + step.guidance * (epsC - epsU),
                    variance: prediction[at + channels], noise: noise[channels * row + channel])
                unsafe x[channels * conditional + channel] = value
                unsafe x[channels * unconditional + channel] = value
            }
        }
    }
}
