import Generation

/// The queued jobs in the order in which they are handed out: the owners in turn, and each one's highest priority first, then
/// first come.
struct JobLine {
    struct Place {
        let id: JobID
        let owner: JobOwner
        let priority: Int
        /// Order of submission; a job that is queued again keeps its own, so it goes before younger ones.
        let sequence: Int
        let model: String
        let work: Work

        func isBefore(_ other: Place) -> Bool {
            (-priority, sequence) < (-other.priority, other.sequence)
        }
    }

    /// By priority and age.
    private(set) var places: [Place] = []
    private var turns = FairTurns()
    /// Where each job stands among all; nil until somebody asks after a change.
    private var standings: [JobID: JobSnapshot.Place]?

    mutating func insert(_ place: Place) {
        // From the back: nearly always a job of ordinary priority joins at the end.
        let index = places.lastIndex { $0.isBefore(place) }.map { $0 + 1 } ?? 0
        places.insert(place, at: index)
        standings = nil
    }

    mutating func takeFirst(of models: Set<String>) -> JobID? {
        var best: (index: Int, start: Double, sequence: Int)?
        var seen: Set<String> = []
        for (index, place) in places.enumerated() where models.contains(place.model) {
            guard seen.insert(place.owner.name).inserted else { continue }
            let start = turns.start(of: place.owner.name)
            if best.map({ (start, place.sequence) < ($0.start, $0.sequence) }) ?? true {
                best = (index, start, place.sequence)
            }
        }
        guard let best else { return nil }
        let place = places.remove(at: best.index)
        turns.take(place.owner)
        standings = nil
        return place.id
    }

    mutating func remove(_ id: JobID) {
        places.removeAll { $0.id == id }
        standings = nil
    }

    /// Where a job stands, if no more come.
    mutating func place(of id: JobID) -> JobSnapshot.Place? {
        let known = standings ?? standingsNow
        standings = known
        return known[id]
    }

    private var standingsNow: [JobID: JobSnapshot.Place] {
        var counts: [String: Int] = [:]
        let starts = places.map { place in
            defer { counts[place.owner.name, default: 0] += 1 }
            return (place, start: turns.start(of: place.owner, after: counts[place.owner.name, default: 0]))
        }
        var standings: [JobID: JobSnapshot.Place] = [:]
        var workAhead = Work.zero
        let order = starts.sorted { ($0.start, $0.0.sequence) < ($1.start, $1.0.sequence) }
        for (index, (place, _)) in order.enumerated() {
            standings[place.id] = .init(position: index + 1, workAhead: workAhead)
            workAhead = workAhead + place.work
        }
        return standings
    }
}
