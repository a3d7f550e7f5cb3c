import JobQueue
import Testing

struct JobIDTests {
    @Test func `ids carry at least 128 random bits`() {
        let ids = Set((0..<1000).map { _ in JobID() })
        #expect(ids.count == 1000)
        #expect(ids.allSatisfy { $0.description.hasPrefix("gen_") && ($0.description.count - 4) * 5 >= 128 })
        // Each of the 32 characters turns up: 26,000 were drawn.
        #expect(Set(ids.flatMap { $0.description.dropFirst(4) }).count == 32)
    }

    @Test func `an id is read back from its text`() throws {
        let id = JobID()
        #expect(try #require(JobID(id.description)) == id)
    }

    @Test(arguments: ["", "gen_", "gen_0", "job_00000000000000000000000000", "gen_0000000000000000000000000u"])
    func `another text is no id`(text: String) {
        #expect(JobID(text) == nil)
    }
}
