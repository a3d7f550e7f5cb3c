import Compute
import Generation
import MARModel
import RepositoryFiles
import Sampler
import Testing

@testable import Pipeline

@Suite("Looking at a painting between steps")
struct PaintingTests {
    private static let grid = TokenGrid(height: 8, width: 8)

    private let pipeline: GenerationPipeline
    private let request: GenerationRequest

    init() throws {
        let backend = EngineChoice().engine.makeBackend(threads: 2)
        pipeline = GenerationPipeline(
            models: ["tiny": try MARModel(directory: RepositoryFiles.tiny, backend: backend)], backend: backend)
        request = GenerationRequest(
            model: "tiny", classID: 3, className: "class 3", count: 5, seed: 7, guidance: 3,
            guidanceSchedule: .linear, temperature: 1, sampler: SamplerPreset.gtr16.settings(for: Self.grid),
            metadata: false, priority: 0, deadline: nil)
    }

    @Test func `after every step more tokens are known, and what is known stays`() throws {
        var (views, before): (Int, [Painting]) = (0, [])
        _ = try pipeline.generate(request, onProgress: { _ in }) { work in
            views += 1
            #expect(work.firstIndex == (views <= 5 ? 0 : 4) && work.seeds[0] == 7 + UInt64(work.firstIndex))
            for (index, painting) in work.paintings.enumerated() {
                #expect(painting.finishedSteps == (views - 1) % 5 + 1)
                #expect(painting.known == painting.known.sorted() && Set(painting.known).count == painting.known.count)
                let unknown = Set(0..<64).subtracting(painting.known)
                #expect(unknown.allSatisfy { painting.latents[$0 * 16..<($0 + 1) * 16].allSatisfy { $0 == 0 } })
                guard painting.finishedSteps > 1 else { continue }
                let earlier = before[index]
                #expect(earlier.known.count < painting.known.count)
                #expect(
                    earlier.known.allSatisfy {
                        earlier.latents[$0 * 16..<($0 + 1) * 16] == painting.latents[$0 * 16..<($0 + 1) * 16]
                    })
            }
            before = work.paintings
        }
        // Two batches, of four images and of one, through five steps each.
        #expect(views == 10)
    }

    @Test func `previews change no byte of the images, and the last one is the image`() throws {
        let unwatched = try pipeline.generate(request) { _ in }.images.map(\.png)
        var last: [Int: [UInt8]] = [:]
        var previews = Set<[UInt8]>()
        let watched = try pipeline.generate(request, onProgress: { _ in }) { work in
            for index in work.paintings.indices {
                let png = try work.preview(of: index)
                #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
                last[work.firstIndex + index] = png
                previews.insert(png)
            }
        }.images.map(\.png)
        #expect(watched == unwatched)
        #expect((0..<5).map { last[$0] } == watched)
        #expect(previews.count == 25)
    }

    @Test func `who looks at unfinished images gets each by its place among the job's, with the step it is at`() throws
    {
        var seen: [[Int]] = []
        let generator: any ImageGenerator = pipeline
        _ = try generator.generate(request, onProgress: { _ in }) { images in
            let index = images.indices.upperBound - 1
            let preview = try images.preview(ofImage: index)
            #expect(preview.width == 32 && preview.height == 32 && preview.png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            seen.append([preview.index, preview.step, preview.steps])
        }
        // Five steps for each of five images, four of which are painted together; nothing is unfinished after the last.
        #expect(seen == [4, 8, 12, 16].map { [3, $0, 25] } + [21, 22, 23, 24].map { [4, $0, 25] })
    }

    @Test func `who looks may end the work`() throws {
        var views = 0
        #expect(throws: CancellationError.self) {
            try pipeline.generate(request, onProgress: { _ in }) { _ in
                views += 1
                if views == 2 { throw CancellationError() }
            }
        }
        #expect(views == 2)
    }
}
