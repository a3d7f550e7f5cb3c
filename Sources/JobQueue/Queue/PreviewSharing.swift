import Generation

/// What a process has shown to the others of the jobs that it runs.
struct PreviewSharing {
    /// How often what other processes left behind is looked for.
    private static let sweepInterval = Duration.seconds(5)

    /// Step of the newest preview that others can see, by run.
    private var shared: [JobLease: Int] = [:]
    private var sweptAt: ContinuousClock.Instant?

    /// Shows what is new and wanted, and takes down what is over.
    ///
    /// - Returns: jobs of which others can see more than before.
    mutating func share(_ board: PreviewBoard, through exchange: any PreviewExchange) async throws -> [JobID] {
        let leases = board.leases
        for lease in shared.keys where !leases.contains(lease) {
            try await exchange.drop(lease)
            shared[lease] = nil
        }
        try await sweep(exchange)
        let waiting = leases.filter { !board.previews(of: $0, after: shared[$0]).isEmpty }
        guard !waiting.isEmpty else { return [] }
        let wanted = try await exchange.wanted(among: Set(waiting.map(\.job)))
        var told: [JobID] = []
        for lease in waiting where wanted.contains(lease.job) {
            // Not what was there before the question: newer ones may have come.
            let previews = board.previews(of: lease, after: shared[lease])
            guard let newest = previews.last else { continue }
            // Noted first: what may be there has to be taken down.
            shared[lease] = newest.step
            try await exchange.put(previews, of: lease)
            told.append(lease.job)
        }
        return told
    }

    private mutating func sweep(_ exchange: any PreviewExchange) async throws {
        if let sweptAt, ContinuousClock.now - sweptAt < Self.sweepInterval { return }
        sweptAt = .now
        try await exchange.sweep()
    }
}
