import JSON
import Testing

@Suite("What somebody may have meant")
struct NearestNamesTests {
    private let presets = ["mar-256", "mar-64", "gtr-32", "gtr-16"]

    @Test(arguments: [
        ("gtr16", "; did you mean gtr-16?"), ("GTR_16", "; did you mean gtr-16?"),
        ("mar", "; did you mean mar-256 or mar-64?"),
        ("zzz", "; there are mar-256, mar-64, gtr-32 and gtr-16"),
        ("", "; there are mar-256, mar-64, gtr-32 and gtr-16"),
    ])
    func `the nearest names are suggested, else all are listed`(name: String, hint: String) {
        #expect(NearestNames.hint(for: name, among: presets) == hint)
    }

    @Test func `few names read well`() {
        #expect(NearestNames.hint(for: "x", among: []) == "; there is none")
        #expect(NearestNames.hint(for: "x", among: ["fashion"]) == "; there is only fashion")
    }

    @Test func `a long text is near nothing`() {
        #expect(NearestNames.find(String(repeating: "gtr-16", count: 1000), among: presets).isEmpty)
        #expect(NearestNames.distance(String(repeating: "a", count: 65), "a") == nil)
        #expect(NearestNames.distance("kitten", "sitting") == 3)
    }
}
