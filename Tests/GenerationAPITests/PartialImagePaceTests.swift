import Generation
import Testing

@testable import GenerationAPI

struct PartialImagePaceTests {
    /// The steps at which a client gets a preview, of those at which there is one.
    private func chosen(_ limit: Int, of previews: [Int], steps: Int = 16) -> [Int] {
        var pace = PartialImagePace(limit: limit)
        return previews.filter { pace.number(of: .example(step: $0, steps: steps)) != nil }
    }

    @Test(arguments: [(0, []), (1, [8]), (2, [6, 11]), (3, [4, 8, 12])] as [(Int, [Int])])
    func `partial images divide the way into equal parts`(limit: Int, steps: [Int]) {
        #expect(chosen(limit, of: Array(1...16)) == steps)
    }

    @Test func `a job that is seldom looked at has fewer`() {
        #expect(chosen(3, of: [1, 13]) == [13])
        #expect(chosen(3, of: [1]) == [])
    }

    @Test func `each image has partial images of its own, numbered from 0`() {
        var pace = PartialImagePace(limit: 2)
        let numbers = [(0, 6), (1, 7), (0, 12), (1, 13), (0, 14)].map { index, step in
            pace.number(of: .example(index: index, step: step, steps: 16))
        }
        #expect(numbers == [0, 0, 1, 1, nil])
    }
}

extension ImagePreview {
    fileprivate static func example(index: Int = 0, step: Int, steps: Int) -> ImagePreview {
        ImagePreview(index: index, step: step, steps: steps, width: 32, height: 32, png: [137])
    }
}
