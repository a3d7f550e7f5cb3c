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
    package func score(_ z: some Collection<Float>) -> Double {
        precondition(z.count == width, "a condition of \(width) numbers")
        let spectrum = transform(z.map { Complex(Double($0), 0) })
        let half = width / 2
        return (1...half).reduce(0) { sum, n in
            let amplitude = (spectrum[n] * spectrum[n]).sum().squareRoot()
            return sum + amplitude * (1 + Double(n) / Double(half))
        }
    }

    /// Positions of the highest scores, highest first; of equal ones the lower token first.
    /// - Parameters:
    ///   - scores: one per token of the step.
    ///   - tokens: the step's tokens.
    ///   - count: how many to pick.
    package static func pick(_ count: Int, scores: [Double], tokens: [Int]) -> [Int] {
        let ranked = scores.indices.sorted { left, right in
            scores[left] != scores[right] ? scores[left] > scores[right] : tokens[left] < tokens[right]
        }
        return Array(ranked.prefix(count))
    }

    /// A complex number: real and imaginary part.
    private typealias Complex = SIMD2<Double>

    /// Mixed-radix discrete Fourier transform: splits by the smallest prime factor, recursively.
    private func transform(_ values: [Complex]) -> [Complex] {
        let count = values.count
        guard count > 1 else { return values }
        let radix = (2...count).first { count % $0 == 0 } ?? count
        let part = count / radix
        let stride = width / count
        let parts = (0..<radix).map { offset in
            transform((0..<part).map { values[$0 * radix + offset] })
        }
        return (0..<count).map { n in
            (0..<radix).reduce(Complex.zero) { sum, offset in
                sum + parts[offset][n % part].times(roots[offset * n * stride % width])
            }
        }
    }
}

extension SIMD2<Double> {
    fileprivate func times(_ other: Self) -> Self {
        Self(x * other.x - y * other.y, x * other.y + y * other.x)
    }
}
