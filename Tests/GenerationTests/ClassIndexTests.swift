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

/// What looking for a class costs, counted in bytes compared.
@Suite("The cost of finding classes")
struct ClassIndexCostTests {
    /// As many classes as ImageNet has, each with two synonyms, of the letters that are worst to search.
    private static let classes = (0..<1000).map { id in
        let name = String(repeating: "a", count: 40) + "\(id)"
        return ModelClass(id: id, name: name, synonyms: ["b" + name, "c" + name])
    }
    private static let byteCount = classes.flatMap(\.allReferences).reduce(0) { $0 + $1.utf8.count }
    private let index = ClassIndex(Self.classes)

    @Test(arguments: [
        String(repeating: "a", count: 15_000), String(repeating: " ", count: 15_000),
        String(repeating: "é", count: 8000),
    ])
    func `a text that is longer than every name costs nothing and finds nothing`(text: String) {
        var comparisons = 0
        #expect(index.search(text, &comparisons).isEmpty)
        #expect(throws: ClassIndex.LookupError.self) { try index.find(named: text, &comparisons) }
        #expect(comparisons == 0)
    }

    @Test(arguments: [1, 2, 20, 40, 44])
    func `a search looks at each byte of the names twice at most, whatever it looks for`(length: Int) {
        for text in [String(repeating: "a", count: length), String(repeating: "a", count: length - 1) + "x"] {
            var comparisons = 0
            _ = index.search(text, &comparisons)
            #expect(comparisons <= 2 * Self.byteCount, "\(text)")
            #expect(comparisons > 0)
        }
    }

    @Test func `suggestions for an unknown name cost at most its length for each byte of the names`() {
        for text in [String(repeating: "a", count: 39) + "x", String(repeating: "x", count: 64)] {
            var comparisons = 0
            #expect(throws: ClassIndex.LookupError.self) { try index.find(named: text, &comparisons) }
            #expect(comparisons <= (text.utf8.count + 2) * Self.byteCount)
        }
        // Names whose length alone is too far off are not compared.
        var comparisons = 0
        #expect(throws: ClassIndex.LookupError.self) { try index.find(named: "zebra", &comparisons) }
        #expect(comparisons <= 2 * Self.byteCount)
    }

    @Test func `what is searched for is found at any place of a name, and by number`() {
        #expect(index.search("aa123").map(\.id) == [123])
        #expect(index.search("BAAA").count == 1000)
        #expect(index.search("7").map(\.id).contains(7))
        let small = ClassIndex([ModelClass(id: 12, name: "aabaabaac"), ModelClass(id: 3, name: "n 12")])
        #expect(small.search("aabaac").map(\.id) == [12])
        #expect(small.search("12").map(\.id) == [12, 3])
        #expect(small.search("aabb").isEmpty)
    }
}
