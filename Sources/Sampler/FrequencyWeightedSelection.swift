import Foundation

/// Frequency-weighted token selection (FTS, arXiv 2510.17171, section 3.3): tokens whose condition has much energy in the
/// high frequencies show detail, and get more diffusion steps.
package struct FrequencyWeightedSelection: Sendable {
    /// D, numbers of a condition.
    private let width: Int
    /// e^(-2 pi i n / D) for n = 0 ..< D.
    private let roots: [Complex]

    package init(width: Int) {
        precondition(width >= 2, "a spectrum needs two numbers")
        self.width = width
        roots = (0..<width).map { n in
            let angle = -2 * Double.pi * Double(n) / Double(width)
            return Complex(cos(angle), sin(angle))
        }
    }

    /// score = sum over n = 1...floor(D/2) of A(n) (1 + n/floor(D/2)), A the amplitude spectrum; no constant term.
    /// - Parameter z: a condition, [D].
    package func score(_ z: ArraySlice<Float>) -> Double {
        precondition(z.count == width, "a condition of \(width) numbers")
        let spectrum = transform(z.map { Complex(Double($0), 0) })
        let half = width / 2
        return (1...half).reduce(0) { sum, n in
            let amplitude = (spectrum[n] * spectrum[n]).sum().squareRoot()
            return sum + amplitude * (1 + Double(n) / Double(half))
        }
    }

    /// A complex number: real and imaginary part.
    private typealias Complex = SIMD2<Double>

    /// Mixed-radix discrete Fourier transform: splits by the smallest prime factor, recursively.
    private func transform(_ values: [Complex]) -> [Complex] {
        var result = values
        transform(values, from: 0, stride: 1, count: width, into: &result, at: 0)
        return result
    }

    /// Transforms `count` values from `first` on, `stride` apart, into `count` places from `start` on.
    private func transform(
        _ values: [Complex], from first: Int, stride: Int, count: Int, into result: inout [Complex], at start: Int
    ) {
        guard count > 1 else {
            result[start] = values[first]
            return
        }
        let radix = (2...count).first { count % $0 == 0 } ?? count
        let part = count / radix
        for offset in 0..<radix {
            transform(
                values, from: first + offset * stride, stride: radix * stride, count: part, into: &result,
                at: start + offset * part)
        }
        // Places part apart belong together, before and after.
        var parts = [Complex](repeating: .zero, count: radix)
        for n in 0..<part {
            for offset in 0..<radix { parts[offset] = result[start + offset * part + n] }
            for block in 0..<radix {
                let frequency = block * part + n
                var (sum, root) = (parts[0], 0)
                for offset in 1..<radix {
                    // offset * frequency * stride, modulo D.
                    root += frequency * stride
                    if root >= width { root -= width }
                    sum += parts[offset].times(roots[root])
                }
                result[start + frequency] = sum
            }
        }
    }
}

extension SIMD2<Double> {
    fileprivate func times(_ other: Self) -> Self {
        Self(x * other.x - y * other.y, x * other.y + y * other.x)
    }
}
