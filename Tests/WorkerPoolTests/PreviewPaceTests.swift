import Generation
import Testing

@testable import WorkerPool

struct PreviewPaceTests {
    /// A clock that only the test moves.
    private final class HandClock {
        var now = ContinuousClock.now
    }

    /// Images that take their time to be seen.
    private struct SlowImages: UnfinishedImages {
        let indices: Range<Int>
        let cost: Duration
        let clock: HandClock

        func preview(ofImage index: Int) throws -> ImagePreview {
            clock.now += cost
            return ImagePreview(index: index, step: 1, steps: 2, width: 1, height: 1, png: [])
        }
    }

    /// The images that are looked at over ten seconds with a chance every 10 ms.
    private func looks(at indices: Range<Int>, cost: Duration) throws -> [Int] {
        let clock = HandClock()
        var pace = PreviewPace(now: { clock.now })
        let end = clock.now + .seconds(10)
        var seen: [Int] = []
        while clock.now < end {
            if let preview = try pace.preview(of: SlowImages(indices: indices, cost: cost, clock: clock)) {
                seen.append(preview.index)
            }
            clock.now += .milliseconds(10)
        }
        return seen
    }

    @Test func `images are looked at in turn, four times a second at most`() throws {
        let seen = try looks(at: 4..<7, cost: .milliseconds(1))
        #expect(seen.prefix(5) == [4, 5, 6, 4, 5])
        #expect((36...40).contains(seen.count))
    }

    @Test func `a look that takes long is rare, so that looking takes a fifth of the time at most`() throws {
        #expect(try looks(at: 0..<1, cost: .seconds(1)) == [0, 0])
    }
}
