import Sampler

/// One token's way from noise to its latent (arXiv 2406.11838, section 3.2).
struct DiffusionChain {
    let token: Int
    /// Row of the token's condition among those of its image's step, in each half.
    let conditionRow: Int
    /// T.
    let stepCount: Int
    let noise: any NoiseSource
    /// [C]: noise, and at the end of the chain the latent.
    var x: [Float]

    init(token: Int, conditionRow: Int, stepCount: Int, noise: any NoiseSource) {
        self.token = token
        self.conditionRow = conditionRow
        self.stepCount = stepCount
        self.noise = noise
        x = noise.initial(token: token)
    }
}
