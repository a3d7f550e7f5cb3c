/// The queued jobs in the order in which they are handed out: highest priority first, then first come.
struct JobLine {
    struct Place {
        let id: JobID
        let priority: Int
        /// Order of submission; a job that is queued again keeps its own, so it goes before younger ones.
        let sequence: Int
        let imageCount: Int

        func isBefore(_ other: Place) -> Bool {
            (-priority, sequence) < (-other.priority, other.sequence)
        }
    }

    private(set) var places: [Place] = []

    mutating func insert(_ place: Place) {
        // From the back: nearly always a job of ordinary priority joins at the end.
        let index = places.lastIndex { $0.isBefore(place) }.map { $0 + 1 } ?? 0
        places.insert(place, at: index)
    }

    mutating func takeFirst() -> JobID? {
        places.isEmpty ? nil : places.removeFirst().id
    }

    mutating func remove(_ id: JobID) {
        places.removeAll { $0.id == id }
    }

    func position(of id: JobID) -> QueuePosition? {
        guard let index = places.firstIndex(where: { $0.id == id }) else { return nil }
        return QueuePosition(position: index + 1, imagesAhead: places[..<index].reduce(0) { $0 + $1.imageCount })
    }
}
