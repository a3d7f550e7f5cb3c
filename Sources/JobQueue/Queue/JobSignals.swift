/// Carries news from who changes a store to who waits for it, between all processes that share the store.
///
/// News may be lost or doubled, and may be late: who waits looks at the store now and then without any.
package protocol JobSignals: Sendable {
    /// Returns at once.
    func publish(_ news: JobNews)

    /// Rings a bell at each of these news that comes from now on, as long as the subscription is kept.
    func subscribe(to news: Set<JobNews>) -> NewsSubscription
}
