import Generation
import Testing

@testable import JobQueue

/// Jobs in a database and their images outside of it: what is left when either ends between the two.
struct OutsideImagesTests {
    let clock = TestClock()

    private func makeStore(
        _ place: ImagePlaceUnderTest.Place, limits: StoreLimits = .init(), path: String? = nil
    ) throws -> SQLJobStore {
        try SQLJobStore(
            sqliteFile: path ?? StoreUnderTest.makePath(), images: place.place, limits: limits,
            clock: { [clock] in clock.now })
    }

    private func claimNew(in store: SQLJobStore) async throws -> JobLease {
        _ = try await store.submitJob(.example())
        return try #require(try await store.claimNext()).lease
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `images lie outside, are read from there, and go with their job`(kind: ImagePlaceUnderTest) async throws {
        let place = try kind.make()
        let store = try makeStore(place, limits: .init(retainedJobs: 1))
        let (first, work) = (try await claimNew(in: store), FinishedWork.example(count: 2))
        try await store.complete(first, with: work)
        #expect(try await store.image(first.job, 1) == .found(work.images[1]))
        #expect(try await store.image(first.job, 2) == .unknown)
        let second = try await claimNew(in: store)
        try await store.complete(second, with: .example())
        #expect(try place.names.count == 3)
        try await store.forgetSurplus()
        #expect(try await store.image(first.job, 1) == .forgotten)
        #expect(try place.names.count == 1)
        _ = try await store.delete(second.job)
        #expect(try place.names.isEmpty)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `a result whose images cannot be put stays the worker's, and counts when they can`(
        kind: ImagePlaceUnderTest
    ) async throws {
        let place = try kind.make()
        let store = try makeStore(place)
        let (lease, work) = (try await claimNew(in: store), FinishedWork.example())
        try place.goAway()
        await #expect {
            try await store.complete(lease, with: work)
        } throws: { error in
            if case JobStoreError.unavailable = error { true } else { false }
        }
        #expect(try await store.job(lease.job).value?.job.state.status == .running)
        try place.comeBack()
        try await store.complete(lease, with: work)
        #expect(try await store.image(lease.job, 0) == .found(work.images[0]))
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `a worker that has lost its job puts no image`(kind: ImagePlaceUnderTest) async throws {
        let place = try kind.make()
        let store = try makeStore(place)
        let lease = try await claimNew(in: store)
        _ = try await store.cancel(lease.job)
        await #expect(throws: JobStoreError.leaseLost(lease)) { try await store.complete(lease, with: .example()) }
        #expect(try place.names.isEmpty)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `images of a worker that died before the row are removed when the job has ended`(
        kind: ImagePlaceUnderTest
    ) async throws {
        let place = try kind.make()
        let store = try makeStore(place)
        let lease = try await claimNew(in: store)
        // Other bytes than those that the next attempt makes.
        let lost = FinishedWork.example(count: 3).images
        try await store.putOutside(FinishedWork.example(count: 3), for: lease)
        #expect(try place.names.count == 3)
        try await store.forgetSurplus()
        #expect(try place.names.count == 3, "the job may still get them")
        try await store.complete(lease, with: .example())
        try await store.forgetSurplus()
        #expect(try place.names.count == 3, "an hour has not passed")
        clock.advance(by: .seconds(3600))
        try await store.forgetSurplus()
        #expect(try place.names == ["\(ImageName(lost[0].facts, of: lease.job))"])
        #expect(try await store.image(lease.job, 0).value != nil)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `images whose removal failed are removed by the next sweep`(kind: ImagePlaceUnderTest) async throws {
        let place = try kind.make()
        let store = try makeStore(place)
        let lease = try await claimNew(in: store)
        try await store.complete(lease, with: .example())
        try await store.forgetSurplus()
        try place.goAway()
        #expect(try await store.delete(lease.job).value != nil, "the job goes all the same")
        try place.comeBack()
        #expect(try place.names.count == 1)
        clock.advance(by: .seconds(3600))
        try await store.forgetSurplus()
        #expect(try place.names.isEmpty)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `an image that is damaged or lost is told from one that never was`(kind: ImagePlaceUnderTest) async throws {
        let place = try kind.make()
        let store = try makeStore(place)
        let (lease, work) = (try await claimNew(in: store), FinishedWork.example())
        try await store.complete(lease, with: work)
        let name = ImageName(work.images[0].facts, of: lease.job)
        try place.spoil()
        await #expect(throws: ImageStoreError.damaged(name)) { try await store.image(lease.job, 0) }
        try await store.images?.remove([name])
        await #expect(throws: ImageStoreError.missing(name)) { try await store.image(lease.job, 0) }
    }

    @Test func `images that were in the database stay there when the place changes`() async throws {
        let (path, work) = (try StoreUnderTest.makePath(), FinishedWork.example())
        func finish() async throws -> JobID {
            let store = try SQLJobStore(sqliteFile: path)
            let lease = try await claimNew(in: store)
            try await store.complete(lease, with: work)
            return lease.job
        }
        let job = try await finish()
        let place = try ImagePlaceUnderTest.directory.make()
        let store = try SQLJobStore(sqliteFile: path, images: place.place)
        #expect(try await store.image(job, 0) == .found(work.images[0]))
        #expect(try place.names.isEmpty)
    }
}
