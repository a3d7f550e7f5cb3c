import Testing

@testable import Generation

@Suite("Finding classes")
struct ClassIndexTests {
    @Test func `a WordNet id names a class, and tells the candidates of an ambiguous name apart`() throws {
        let cranes = ClassIndex([
            ModelClass(id: 0, name: "crane bird", synonyms: ["crane"], wordnetID: "n02012849"),
            ModelClass(id: 1, name: "crane", wordnetID: "n03126707"),
        ])
        #expect(try cranes.find(.name("N02012849")).id == 0)
        #expect(try cranes.find(.name("crane bird")).id == 0)
        #expect(cranes.search("n0201").map(\.id) == [0] && cranes.search("crane").map(\.id) == [0, 1])
        let error = #expect(throws: ClassIndex.LookupError.self) { try cranes.find(.name("crane")) }
        #expect(
            error?.description
                == "\"crane\" may be 0 (crane bird, crane, n02012849) or 1 (crane, n03126707): give the number")
    }
}
