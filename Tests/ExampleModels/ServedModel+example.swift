package import Generation
package import Sampler

extension ServedModel {
    /// A model that nothing computes. Each autoregressive step of an image is 1 GFLOP.
    package static func example(
        name: String = "fashion", grid: TokenGrid = TokenGrid(height: 8, width: 8), timestepClip: Int? = nil,
        maskSchedule: MaskSchedule? = nil
    ) -> ServedModel {
        ServedModel(
            name: name, description: "Clothes, grey, 32 x 32", license: "Apache-2.0", imageWidth: 32,
            imageHeight: 32, channels: 1, grid: grid,
            classes: [
                ModelClass(id: 0, name: "T-shirt/top", synonyms: ["tee"]),
                ModelClass(id: 1, name: "Trouser", synonyms: ["trousers", "pants"]),
                ModelClass(id: 2, name: "Crane", synonyms: ["bird"]),
                ModelClass(id: 3, name: "Crane", synonyms: ["machine"]),
                ModelClass(id: 7, name: "Sneaker"),
                ModelClass(id: 9, name: "Ankle boot"),
            ],
            defaults: .init(
                preset: .gtr16, guidance: 3, guidanceSchedule: .linear, temperature: 1, timestepClip: timestepClip,
                maskSchedule: maskSchedule),
            weightsSHA256: String(repeating: "ab", count: 32),
            work: { Work(gflop: Double($0.count * $0.sampler.stepCount)) })
    }
}
