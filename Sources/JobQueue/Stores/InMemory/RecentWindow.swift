/// The last few of a series, and which of them are in it: a ring of bounded size.
struct RecentWindow<Element: Hashable> {
    private let limit: Int
    private var ring: [Element] = []
    private var oldest = 0
    private var members: Set<Element> = []

    /// - Parameter limit: how many are remembered; 0: none.
    init(limit: Int) {
        self.limit = limit
    }

    /// - Parameter element: not in the window yet.
    mutating func append(_ element: Element) {
        guard limit > 0 else { return }
        members.insert(element)
        if ring.count < limit {
            ring.append(element)
        } else {
            members.remove(ring[oldest])
            ring[oldest] = element
            oldest = (oldest + 1) % limit
        }
    }

    func contains(_ element: Element) -> Bool { members.contains(element) }
}
