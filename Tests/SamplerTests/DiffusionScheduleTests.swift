import Foundation
import Testing

@testable import Sampler

@Suite("Diffusion schedules")
struct DiffusionScheduleTests {
    /// From Python: p = 0.0; out = []; then T times: out.append(round(p)); p += 999 / (T - 1).
    @Test func `respaced timesteps are the tabulated ones`() {
        #expect(DiffusionSchedule.timesteps(stepCount: 2, clip: nil) == [0, 999])
        #expect(
            DiffusionSchedule.timesteps(stepCount: 20, clip: nil) == [
                0, 53, 105, 158, 210, 263, 315, 368, 421, 473, 526, 578, 631, 684, 736, 789, 841, 894, 946, 999,
            ])
        #expect(
            DiffusionSchedule.timesteps(stepCount: 10, clip: nil) == [0, 111, 222, 333, 444, 555, 666, 777, 888, 999])
        #expect(DiffusionSchedule.timesteps(stepCount: 1000, clip: nil) == Array(0..<1000))
    }

    @Test func `a clip bounds the timesteps and merges what becomes equal`() {
        #expect(DiffusionSchedule.timesteps(stepCount: 10, clip: 800) == [0, 111, 222, 333, 444, 555, 666, 777, 800])
        let clipped = DiffusionSchedule(stepCount: 50, timestepClip: 950)
        #expect(clipped.steps.first?.timestep == 950)
        #expect(clipped.steps.count == 48)
    }

    @Test func `alpha-bar falls from almost 1 to 2.4e-9`() {
        #expect(abs(DiffusionSchedule.alphaBars[0] - 0.99995872) < 1e-7)
        #expect(abs(DiffusionSchedule.alphaBars[999] / 2.4288e-9 - 1) < 1e-3)
    }

    /// The factor on an error of eps that `sampling.md` tabulates for the first step: 1674 at T = 20.
    @Test func `the first unclipped step magnifies an error of eps, a clipped one does not`() throws {
        for (stepCount, factor) in [(100, 316.0), (50, 632.0), (20, 1674.0)] {
            let first = try #require(DiffusionSchedule(stepCount: stepCount, timestepClip: nil).steps.first)
            let moved = first.advance(0, eps: 1, variance: 0, noise: 0, temperature: 1)
            #expect(abs(Double(-moved) / factor - 1) < 0.02)
            let clipped = try #require(DiffusionSchedule(stepCount: stepCount, timestepClip: 950).steps.first)
            #expect(abs(clipped.advance(0, eps: 1, variance: 0, noise: 0, temperature: 1)) < 0.5)
        }
    }

    @Test func `the chain recovers x0 if eps is exact and there is no noise`() {
        let x0: Float = 0.7
        var x: Float = 1.3
        for step in DiffusionSchedule(stepCount: 100, timestepClip: 950).steps {
            let alphaBar = Float(DiffusionSchedule.alphaBars[step.timestep])
            let eps = (x - alphaBar.squareRoot() * x0) / (1 - alphaBar).squareRoot()
            x = step.advance(x, eps: eps, variance: -1, noise: 0, temperature: 0)
        }
        #expect(abs(x - x0) < 1e-3)
    }

    @Test func `the last step adds no noise`() throws {
        let last = try #require(DiffusionSchedule(stepCount: 20, timestepClip: 950).steps.last)
        #expect(last.isLast && last.timestep == 0)
        #expect(
            last.advance(0.5, eps: 0.1, variance: 0, noise: 3, temperature: 1)
                == last.advance(0.5, eps: 0.1, variance: 0, noise: -3, temperature: 1))
    }

    @Test func `structure steps fall linearly from T_max to T_min`() {
        let steps = DiffusionStepRange(max: 50, min: 20)
        #expect((0..<4).map { steps.count(atStep: $0, of: 4) } == [50, 40, 30, 20])
        #expect(steps.count(atStep: 0, of: 1) == 50)
    }
}
