/// The columns of a table for people: a name to the left, then cells that end at the same place in every row.
struct TableColumns {
    /// Characters of the name.
    let name: Int
    /// Characters of each cell; a longer one takes more, and keeps a space before it.
    let cell: Int

    func row(_ name: String, _ cells: [String]) -> String {
        name + String(repeating: " ", count: max(0, self.name - name.count))
            + cells.map { String(repeating: " ", count: max(1, cell - $0.count)) + $0 }.joined()
    }
}
