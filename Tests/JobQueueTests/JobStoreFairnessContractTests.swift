import Generation
import JobQueue
import Testing

/// How every store divides its turns between owners, and what belongs to whom.
struct JobStoreFairnessContractTests {
    let clock = TestClock()

    private func submit(
        _ count: Int = 1, of owner: JobOwner, priority: Int = 0, to store: any JobStore
    ) async throws -> [JobID] {
        var ids: [JobID] = []
        for _ in 0..<count {
            let submission = JobSubmission(.example(priority: priority), work: Work(gflop: 1), owner: owner)
            ids.append(try await store.submit(submission).id)
        }
        return ids
    }

    /// The names of the owners of the next jobs, which are finished.
    private func owners(ofNext count: Int, in store: any JobStore) async throws -> [String] {
        var names: [String] = []
        for _ in 0..<count {
            guard let claimed = try await store.claimNext() else { break }
            names.append(claimed.job.owner.name)
            try await store.complete(claimed.lease, with: .example())
        }
        return names
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `owners take turns, however many jobs one of them has`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 1000)
        _ = try await submit(100, of: JobOwner(name: "many"), to: store)
        #expect(try await owners(ofNext: 3, in: store) == ["many", "many", "many"])
        let one = try await submit(of: JobOwner(name: "one"), to: store)[0]
        let few = try await submit(2, of: JobOwner(name: "few"), to: store)
        #expect(try await store.job(one).value?.place?.position == 1)
        #expect(try await store.job(few[1]).value?.place == .init(position: 4, workAhead: Work(gflop: 3)))
        #expect(try await owners(ofNext: 6, in: store) == ["one", "few", "many", "few", "many", "many"])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `turns are in proportion to shares`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 1000)
        for owner in [JobOwner(name: "small"), JobOwner(name: "large", share: 3)] {
            _ = try await submit(40, of: owner, to: store)
        }
        let names = try await owners(ofNext: 40, in: store)
        #expect(names.count { $0 == "large" } == 30)
        #expect(names.prefix(8).count { $0 == "large" } == 6)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `an owner that was away has saved up no turns`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 1000)
        _ = try await submit(30, of: JobOwner(name: "steady"), to: store)
        _ = try await owners(ofNext: 20, in: store)
        _ = try await submit(10, of: JobOwner(name: "late"), to: store)
        #expect(try await owners(ofNext: 10, in: store).count { $0 == "late" } == 5)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job's place is the order in which jobs are then claimed`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 1000)
        var ids: [JobID] = []
        for round in 0..<4 {
            ids += try await submit(3, of: JobOwner(name: "a", share: 2), to: store)
            ids += try await submit(2, of: JobOwner(name: "b"), to: store)
            ids += try await submit(of: JobOwner(name: "c"), to: store)
            _ = try await owners(ofNext: 2, in: store)
        }
        var places: [(Int, JobID)] = []
        for id in ids {
            if let place = try await store.job(id).value?.place { places.append((place.position, id)) }
        }
        var claimed: [JobID] = []
        while let next = try await store.claimNext() { claimed.append(next.job.id) }
        #expect(claimed == places.sorted { $0.0 < $1.0 }.map(\.1))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `priority is among an owner's own jobs`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 1000)
        let hurried = JobOwner(name: "hurried")
        let later = try await submit(of: hurried, to: store)[0]
        let urgent = try await submit(20, of: hurried, priority: 100, to: store)
        let patient = try await submit(of: JobOwner(name: "patient"), priority: -100, to: store)[0]
        #expect(try await store.job(urgent[0]).value?.place?.position == 1)
        #expect(try await store.job(patient).value?.place?.position == 2)
        #expect(try await store.job(later).value?.place?.position == 22)
        #expect(try await owners(ofNext: 3, in: store) == ["hurried", "patient", "hurried"])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a list can be of one owner`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let mine = try await submit(2, of: JobOwner(name: "me"), to: store)
        _ = try await submit(of: JobOwner(name: "other"), to: store)
        #expect(try await store.list(JobSelection(owner: "me")).jobs.map(\.job.id) == mine.reversed())
        #expect(try await store.list(JobSelection(owner: "nobody")).jobs.isEmpty)
        #expect(try await store.list(JobSelection()).jobs.count == 3)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a paused queue takes jobs and hands out none`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let running = try #require(
            try await {
                _ = try await submit(of: .anonymous, to: store); return try await store.claimNext()
            }())
        try await store.setPaused(true)
        let job = try await submit(of: .anonymous, to: store)[0]
        #expect(try await store.status().isPaused)
        #expect(try await store.claimNext() == nil)
        try await store.complete(running.lease, with: .example())
        try await store.setPaused(false)
        #expect(try await !store.status().isPaused)
        #expect(try await store.claimNext()?.job.id == job)
    }
}
