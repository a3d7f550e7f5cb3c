import Generation

/// When a job's images are looked at: at once, and then as often as it is worth. One image at a time, in turn.
struct PreviewPace {
    /// Four a second, whatever the number of images.
    static let shortestInterval = Duration.milliseconds(250)
    /// A look rests for so many times its own length, so that looking takes a fifth of the time at most.
    static let restFactor = 4

    private let now: () -> ContinuousClock.Instant
    private var restsUntil: ContinuousClock.Instant?
    private var lastIndex = -1

    init(now: @escaping () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// - Returns: nil while it rests.
    mutating func preview(of images: any UnfinishedImages) throws -> ImagePreview? {
        let start = now()
        if let restsUntil, start < restsUntil { return nil }
        lastIndex = images.indices.first { $0 > lastIndex } ?? images.indices.lowerBound
        let preview = try images.preview(ofImage: lastIndex)
        restsUntil = start + max(Self.shortestInterval, (now() - start) * (Self.restFactor + 1))
        return preview
    }
}
