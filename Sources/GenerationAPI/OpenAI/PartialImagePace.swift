import Generation

/// Picks from the previews of a job those that a client gets which wants so many of each image at most.
///
/// They are the first ones after equal parts of the way: of 1 the one after half of it, of 3 those after each quarter.
/// A job that is too fast to be looked at so often has fewer.
struct PartialImagePace {
    /// Of each image.
    let limit: Int
    private var sentCounts: [Int: Int] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: the number of the preview among those of its image, from 0; nil if it is not to be sent.
    mutating func number(of preview: ImagePreview) -> Int? {
        let sent = sentCounts[preview.index, default: 0]
        guard sent < limit, preview.step * (limit + 1) >= preview.steps * (sent + 1) else { return nil }
        sentCounts[preview.index] = sent + 1
        return sent
    }
}
