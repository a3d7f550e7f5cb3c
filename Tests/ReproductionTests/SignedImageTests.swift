import ExampleModels
import Generation
import JSON
import PNGEncoder
import Sampler
import Testing

@testable import Reproduction

struct SignedImageTests {
    private static let models = [ServedModel.example()]
    private static let origin = ImageOrigin(
        maker: ImageMaker(version: "1.0.0", engine: "avx512", precision: "bf16"), weights: models[0].weightsSHA256)

    private static func request(seed: Int = 42) throws -> GenerationRequest {
        var submission = GenerationSubmission()
        submission.model = "fashion"
        submission.classReference = .id(7)
        submission.seed = seed
        return try submission.resolve(models: models, limits: APILimits())
    }

    private static func png(
        grey: UInt8 = 100, origin: ImageOrigin? = origin, channels: Int = 1, change: (inout [UInt8]) -> Void = { _ in }
    ) throws -> [UInt8] {
        var pixels = [UInt8](repeating: grey, count: 32 * 32 * channels)
        change(&pixels)
        return try PNGImage(width: 32, height: 32, channels: channels, pixels: pixels)
            .encoded(metadata: PNGMetadata.entries(request(), seed: 42, origin: origin))
    }

    private static func bare(width: Int = 32, texts: [PNGText] = []) throws -> [UInt8] {
        try PNGImage(width: width, height: 32, channels: 1, pixels: [UInt8](repeating: 1, count: width * 32))
            .encoded(metadata: texts)
    }

    private func signed(_ png: [UInt8]) throws -> SignedImage { try SignedImage(png, models: Self.models) }

    @Test func `an image says which request made it, and what did`() throws {
        let image = try signed(Self.png())
        let request = try image.request(models: Self.models, limits: APILimits())
        #expect(try request == Self.request())
        #expect(image.origin == Self.origin)
    }

    @Test func `an image of a job of many is for itself alone`() throws {
        var many = try Self.request(seed: 40)
        many.count = 3
        let png = try PNGImage(width: 1, height: 1, channels: 1, pixels: [0])
            .encoded(metadata: PNGMetadata.entries(many, seed: 42))
        let request = try signed(png).request(models: Self.models, limits: APILimits())
        #expect(try request == Self.request(seed: 42))
        #expect(try signed(png).origin == nil)
    }

    @Test func `an image from before there was a choice of mask schedule has the linear one`() throws {
        let models = [ServedModel.example(maskSchedule: .cosine)]
        let submission = #"{"model":"fashion","class":7,"seed":1,"count":1,"sampler":{"preset":"gtr-16""#
        for (rest, expected) in [
            (#","order":"checkerboard"}}"#, nil),
            (#","order":"checkerboard","mask_schedule":"cosine"}}"#, .cosine),
        ] as [(String, MaskSchedule?)] {
            let png = try Self.bare(texts: [try PNGText(keyword: "underpaint:request", text: submission + rest)])
            let request = try SignedImage(png, models: models).request(models: models, limits: APILimits())
            #expect(request.sampler.twoStage.maskSchedule == expected)
            #expect(request.sampler.fields[.maskSchedule] == expected.map { .name($0.rawValue) })
        }
    }

    @Test(arguments: ["", "no PNG", "\u{89}PNG\r\n\u{1A}\n"])
    func `what is no PNG is damaged`(text: String) throws {
        let error = try #require(throws: SignedImageError.self) { try signed(Array(text.utf8)) }
        guard case .damaged = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a PNG of others is foreign, with the reason`() throws {
        for (png, reason) in [
            (try Self.bare(), "carries no text underpaint:request"),
            (try Self.bare(width: 33), "33 x 32 pixels, more than 32 x 32, which no model here makes"),
            (try Self.bare(texts: [try PNGText(keyword: "underpaint:request", text: "{")]), "is no request"),
            (try Self.bare(texts: [try PNGText(keyword: "underpaint:request", text: "[]")]), "is no request"),
            (
                try Self.bare(texts: [try PNGText(keyword: "underpaint:request", text: #"{"colour": "red"}"#)]),
                "/colour"
            ),
        ] {
            let error = try #require(throws: SignedImageError.self) { try signed(png) }
            #expect(error.description.contains(reason), "\(error)")
            guard case .foreign = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test(arguments: [
        (#"{"model":"zebra","class":7,"seed":1,"count":1}"#, "unknown model \"zebra\""),
        (#"{"model":"fashion","class":777,"seed":1,"count":1}"#, "777"),
        (#"{"model":"fashion","class":7,"seed":1,"count":1,"sampler":"gtr-99"}"#, "gtr-99"),
        (#"{"model":"fashion","class":7,"count":1}"#, "a seed"), (#"{"class":7,"seed":1,"count":1}"#, "a model"),
        (#"{"model":"fashion","class":7,"seed":1,"count":2}"#, "1 image"),
    ])
    func `a request that cannot be made here is refused with the reason`(text: String, reason: String) throws {
        let png = try Self.bare(texts: [try PNGText(keyword: "underpaint:request", text: text)])
        let error = try #require(throws: SignedImageError.self) {
            try signed(png).request(models: Self.models, limits: APILimits())
        }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test func `the same file is identical`() throws {
        let result = try signed(Self.png()).verification(against: Self.png())
        #expect(
            result == Verification(isIdentical: true, hasSamePixels: true, differences: [], maker: Self.origin))
    }

    @Test func `other pixels are counted, with the largest difference`() throws {
        let other = try Self.png { pixels in
            pixels[3] = 107
            pixels[900] = 98
        }
        let result = try signed(Self.png()).verification(against: other)
        #expect(!result.isIdentical && result.hasSamePixels == false)
        #expect(result.differences == [.pixels(count: 2, of: 1024, largest: 7)])
    }

    @Test func `another maker is named beside what it changed`() throws {
        var other = Self.origin
        other.maker = ImageMaker(version: "2.0.0", engine: "openblas", precision: "fp32")
        let result = try signed(Self.png()).verification(against: Self.png(origin: other))
        #expect(!result.isIdentical && result.hasSamePixels == true)
        #expect(
            result.differences.dropLast() == [
                .maker(.version, file: "1.0.0", here: "2.0.0"), .maker(.engine, file: "avx512", here: "openblas"),
                .maker(.precision, file: "bf16", here: "fp32"),
            ])
        guard case .bytes? = result.differences.last else {
            Issue.record("\(result.differences)")
            return
        }
    }

    @Test func `grey and RGB of the same look are the same pixels`() throws {
        let result = try signed(Self.png(channels: 3)).verification(against: Self.png())
        #expect(!result.isIdentical && result.hasSamePixels == true)
    }

    @Test func `other weights are known without making the image, and both hashes are named`() throws {
        let image = try signed(Self.png())
        #expect(image.verification(withWeights: Self.origin.weights) == nil)
        let result = try #require(image.verification(withWeights: "cafe"))
        #expect(!result.isIdentical && result.hasSamePixels == nil)
        #expect(result.differences == [.maker(.weights, file: Self.origin.weights, here: "cafe")])
        #expect(try signed(Self.png(origin: nil)).verification(withWeights: "cafe") == nil)
    }
}
