/// Name of a worker, unique among all workers that share a store at any time.
package struct WorkerID: Sendable, Hashable, Codable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
