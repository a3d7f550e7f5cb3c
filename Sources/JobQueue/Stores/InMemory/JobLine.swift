import Generation

/// The queued jobs in the order in which they are handed out: highest priority first, then first come.
struct JobLine {
    struct Place {
        let id: JobID
        let priority: Int
        /// Order of submission; a job that is queued again keeps its own, so it goes before younger ones.
        let sequence: Int
        let model: String
        let work: Work

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

    mutating func takeFirst(of models: Set<String>) -> JobID? {
        places.firstIndex { models.contains($0.model) }.map { places.remove(at: $0).id }
    }

    mutating func remove(_ id: JobID) {
        places.removeAll { $0.id == id }
    }

    func place(of id: JobID) -> JobSnapshot.Place? {
        guard let index = places.firstIndex(where: { $0.id == id }) else { return nil }
        return JobSnapshot.Place(
            position: index + 1, workAhead: places[..<index].reduce(.zero) { $0 + $1.work })
    }
}
