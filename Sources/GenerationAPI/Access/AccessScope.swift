/// What a key may be for. Each endpoint's row names the one that it needs.
package enum AccessScope: String, Sendable, CaseIterable {
    /// Submit jobs, cancel and delete them.
    case generate
    /// See jobs, images, models and measurements.
    case read
    /// Steer the queue, and see the jobs of all keys.
    case admin
}
