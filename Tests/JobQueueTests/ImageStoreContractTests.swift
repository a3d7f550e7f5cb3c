import Foundation
import Generation
import Testing

@testable import JobQueue

/// What every place for images does with them.
struct ImageStoreContractTests {
    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `images are there until they are removed`(kind: ImagePlaceUnderTest) async throws {
        let place = try kind.make()
        let store = try #require(try place.place.open(for: "one"))
        let (job, images) = (JobID(), FinishedWork.example(count: 2).images)
        let names = images.map { ImageName($0.facts, of: job) }
        #expect(try await store.png(names[0], byteCount: 3) == nil)
        try await store.put(images, of: job)
        // Once more is no fault.
        try await store.put(images, of: job)
        for (name, image) in zip(names, images) {
            #expect(try await store.png(name, byteCount: image.png.count) == image.png)
        }
        #expect(try place.names == Set(names.map(\.description)))
        try await store.remove([names[0], ImageName(images[0].facts, of: JobID())])
        #expect(try await store.png(names[0], byteCount: 3) == nil)
        #expect(try await store.png(names[1], byteCount: 3) == images[1].png)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `a large image comes back as it was`(kind: ImagePlaceUnderTest) async throws {
        let store = try #require(try kind.make().place.open(for: "one"))
        let png = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let image = StoredImage(GeneratedImage(index: 0, seed: 1, width: 1, height: 1, png: png))
        let job = JobID()
        try await store.put([image], of: job)
        #expect(try await store.png(ImageName(image.facts, of: job), byteCount: png.count) == png)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `all names are listed, page by page, and only those of the same database`(
        kind: ImagePlaceUnderTest
    ) async throws {
        let place = try kind.make()
        let (store, other) = (
            try #require(try place.place.open(for: "one")), try #require(try place.place.open(for: "two"))
        )
        let images = FinishedWork.example(count: 2).images
        #expect(try await store.allNames().isEmpty)
        let jobs = (0..<20).map { _ in JobID() }
        for job in jobs { try await store.put(images, of: job) }
        try await other.put(images, of: JobID())
        try place.server?.order("page 7")
        let listed = try await store.allNames()
        #expect(listed.count == 40)
        #expect(Set(listed) == Set(jobs.flatMap { job in images.map { ImageName($0.facts, of: job) } }))
        #expect(try await other.allNames().count == 2)
    }

    @Test(arguments: ImagePlaceUnderTest.allCases)
    func `what is away says so, and works again when it is back`(kind: ImagePlaceUnderTest) async throws {
        let place = try kind.make()
        let store = try #require(try place.place.open(for: "one"))
        let (job, images) = (JobID(), FinishedWork.example().images)
        let name = ImageName(images[0].facts, of: job)
        try await store.put(images, of: job)
        try place.goAway()
        await #expect(throws: JobStoreError.self) { try await store.put(images, of: job) }
        await #expect(throws: JobStoreError.self) { try await store.names(after: nil) }
        await #expect(throws: JobStoreError.self) { try await store.png(name, byteCount: 3) }
        await #expect(throws: JobStoreError.self) { try await store.remove([name]) }
        try place.comeBack()
        #expect(try await store.png(name, byteCount: 3) == images[0].png)
    }

    @Test func `a directory that is gone has lost no image, it is away`() async throws {
        let place = try ImagePlaceUnderTest.directory.make()
        let store = try #require(try place.place.open(for: "one"))
        let files = try #require(place.files)
        let name = ImageName(FinishedWork.example().images[0].facts, of: JobID())
        #expect(try await store.png(name, byteCount: 3) == nil)
        try FileManager.default.removeItem(at: files)
        await #expect(throws: JobStoreError.unavailable("images: \(files.path)/one: No such file or directory")) {
            try await store.png(name, byteCount: 3)
        }
    }

    @Test func `what was never finished goes after an hour, and other files stay`() async throws {
        let place = try ImagePlaceUnderTest.directory.make()
        let store = try #require(try place.place.open(for: "one"))
        let (job, images) = (JobID(), FinishedWork.example().images)
        try await store.put(images, of: job)
        let name = ImageName(images[0].facts, of: job)
        let folder = try #require(place.files).appending(path: "one/\(job.description.dropFirst(4).prefix(2))")
        for file in [".1-\(name)", ".2-\(name)", "notes.txt"] { try Data().write(to: folder.appending(path: file)) }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3700)],
            ofItemAtPath: folder.appending(path: ".1-\(name)").path)
        #expect(try await store.allNames() == [name])
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
                == [".2-\(name)", "notes.txt", "\(name)"])
    }

    @Test(arguments: ["/proc/images", "/dev/null"])
    func `a directory that cannot be written is refused with its path`(path: String) {
        #expect {
            try ImagePlace.directory(path).open(for: "one")
        } throws: { error in
            "\(error)".contains(path) && error is ImageStoreError
        }
    }

    @Test func `other credentials are refused by the server, with its reason`() async throws {
        let server = try S3Server()
        var environment = S3Server.credentials
        environment["AWS_SECRET_ACCESS_KEY"] = "another"
        let store = try #require(try server.place(environment: environment).open(for: "one"))
        await #expect(throws: JobStoreError.unavailable("images: pictures answered 403, SignatureDoesNotMatch")) {
            try await store.names(after: nil)
        }
        environment["AWS_SECRET_ACCESS_KEY"] = ""
        #expect(S3Credentials(environment: environment) == nil)
    }

    @Test(arguments: ["", "gen_x-y.png", "x.png", "\(JobID()).png", "\(JobID())-00.png", "../\(JobID())"])
    func `another text is no name of an image`(text: String) {
        #expect(ImageName(text) == nil)
    }
}

extension ImageStore {
    func allNames() async throws -> [ImageName] {
        var (names, cursor) = ([ImageName](), String?.none)
        repeat {
            let page = try await self.names(after: cursor)
            names += page.names
            cursor = page.next
        } while cursor != nil
        return names
    }
}
