/// Whose turn it is, where several owners have jobs that wait: start-time fair queueing (Goyal, Vin and Cheng, 1996).
///
/// Each job of an owner takes `1 / share` of a turn. The one that starts at the earliest time goes first, so every owner
/// gets turns in proportion to its share, and none saves them up while it has nothing to run.
package struct FairTurns: Sendable, Equatable {
    /// Start of the last turn that was taken.
    package private(set) var time: Double
    /// When the last turn of each owner ends; an owner that is not there is free.
    package private(set) var ends: [String: Double]

    package init(time: Double = 0, ends: [String: Double] = [:]) {
        self.time = time
        self.ends = ends
    }

    /// When an owner's next job could start.
    package func start(of owner: String) -> Double { max(ends[owner] ?? time, time) }

    /// When the job after `count` others of its owner could start.
    package func start(of owner: JobOwner, after count: Int) -> Double {
        start(of: owner.name) + Double(count) / Double(owner.share)
    }

    package mutating func take(_ owner: JobOwner) {
        time = start(of: owner.name)
        ends[owner.name] = start(of: owner, after: 1)
        ends = ends.filter { $0.value > time }
    }
}
