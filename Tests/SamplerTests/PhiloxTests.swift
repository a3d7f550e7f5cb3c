import Testing

@testable import Sampler

@Suite("Philox 4x32-10")
struct PhiloxTests {
    /// Known answers published with the Random123 library.
    @Test func `gives the published test vectors`() {
        #expect(
            Philox(key: 0).words(at: .zero) == SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox(key: .max).words(at: .init(repeating: .max))
                == SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox(key: 0x299f_31d0_a409_3822).words(
                at: .init(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
                == SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }
}

@Suite("Noise")
struct NoiseTests {
    private let noise = PhiloxNoise(seed: 7, channels: 6)

    @Test func `is a function of seed, token and step alone`() {
        let first = noise.step(token: 3, step: 5)
        _ = noise.step(token: 9, step: 1)
        #expect(noise.step(token: 3, step: 5) == first)
        #expect(PhiloxNoise(seed: 8, channels: 6).step(token: 3, step: 5) != first)
        #expect(noise.step(token: 4, step: 5) != first)
        #expect(noise.step(token: 3, step: 6) != first)
        #expect(noise.step(token: 3, step: 0) != noise.initial(token: 3))
    }

    @Test func `has as many numbers as the token has channels, and the same ones for fewer`() {
        #expect(noise.initial(token: 0).count == 6)
        #expect(PhiloxNoise(seed: 7, channels: 4).initial(token: 0) == Array(noise.initial(token: 0).prefix(4)))
    }

    @Test func `is standard normal`() {
        let values = (0..<256).flatMap { token in (0..<20).flatMap { noise.step(token: token, step: $0) } }
            .map(Double.init)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let kurtosis = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) } / count
        // Four standard errors of 30,720 samples.
        #expect(abs(mean) < 4 / count.squareRoot())
        #expect(abs(variance - 1) < 4 * (2 / count).squareRoot())
        #expect(abs(kurtosis / (variance * variance) - 3) < 4 * (24 / count).squareRoot())
    }

    @Test func `replays a recording`() {
        let recorded = RecordedNoise(
            initial: [1, 2, 3, 4], steps: [10, 11, 12, 13, 20, 21, 22, 23], stepCount: 2, channels: 2)
        #expect(recorded.initial(token: 1) == [3, 4])
        #expect(recorded.step(token: 0, step: 1) == [12, 13])
        #expect(recorded.step(token: 1, step: 0) == [20, 21])
    }
}
