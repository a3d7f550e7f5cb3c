import Foundation
import Testing

@testable import Sampler

@Suite("Frequency-weighted token selection")
struct FrequencyWeightedSelectionTests {
    /// cos(2 pi f k / D): its spectrum has D/2 at n = f alone, so the score is D/2 * (1 + f / floor(D/2)).
    @Test(arguments: [12, 64, 96, 160, 7, 105])
    func `a pure wave scores by its frequency`(width: Int) {
        let selection = FrequencyWeightedSelection(width: width)
        for frequency in 1..<(width + 1) / 2 {
            let wave = (0..<width).map {
                Float(cos(2 * Double.pi * Double(frequency) * Double($0) / Double(width)))
            }
            let expected = Double(width) / 2 * (1 + Double(frequency) / Double(width / 2))
            #expect(abs(selection.score(wave[...]) / expected - 1) < 1e-5)
        }
    }

    @Test func `a constant scores nothing`() {
        #expect(FrequencyWeightedSelection(width: 64).score([Float](repeating: 5, count: 64)[...]) < 1e-9)
    }

    /// An impulse has A(n) = 1 everywhere: sum over n = 1...h of (1 + n/h) = h + (h + 1)/2.
    @Test func `an impulse scores every frequency`() {
        let impulse: [Float] = [1] + [Float](repeating: 0, count: 63)
        #expect(abs(FrequencyWeightedSelection(width: 64).score(impulse[...]) - (32 + 33.0 / 2)) < 1e-9)
    }
}
