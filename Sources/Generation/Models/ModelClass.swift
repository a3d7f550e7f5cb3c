/// One class that a model can draw.
package struct ModelClass: Sendable, Equatable {
    package let id: Int
    package let name: String
    package let synonyms: [String]
    /// Of the class's synset in WordNet 3.0, `n02123045`, if it has one.
    package let wordnetID: String?

    package init(id: Int, name: String, synonyms: [String] = [], wordnetID: String? = nil) {
        self.id = id
        self.name = name
        self.synonyms = synonyms
        self.wordnetID = wordnetID
    }

    /// The name, then the synonyms.
    var allNames: [String] { [name] + synonyms }

    /// What a request may call it.
    var allReferences: [String] { allNames + (wordnetID.map { [$0] } ?? []) }
}
