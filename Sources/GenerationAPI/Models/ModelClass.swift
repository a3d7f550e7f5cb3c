/// One class that a model can draw.
package struct ModelClass: Sendable, Equatable {
    package let id: Int
    package let name: String
    package let synonyms: [String]

    package init(id: Int, name: String, synonyms: [String] = []) {
        self.id = id
        self.name = name
        self.synonyms = synonyms
    }

    /// The name, then the synonyms.
    var allNames: [String] { [name] + synonyms }
}
