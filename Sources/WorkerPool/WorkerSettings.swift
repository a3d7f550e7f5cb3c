/// How the workers of a service work.
package struct WorkerSettings: Sendable, Equatable {
    /// A worker that is silent for this long has lost its job.
    package var lease: Duration
    /// A run whose generator makes no progress for this long hangs: its job goes to another worker.
    package var runTimeout: Duration
    /// Least time between two reports of progress; the lease is renewed with them, or after a third of its length.
    package var progressInterval: Duration
    /// How often silent workers and overdue jobs are looked for.
    package var rescueInterval: Duration
    /// How often finished jobs that are not to be kept are looked for.
    package var forgettingInterval: Duration
    /// A job that lost its worker this often fails.
    package var attemptLimit: Int
    /// How long running jobs may go on after a graceful shutdown began; then they fail.
    package var shutdownLimit: Duration
    /// How often a result is offered to a store that is away, about once a second.
    package var deliveryLimit: Int
    /// Stack of a worker's thread. The default of secondary threads is too small for deep generators.
    package var stackByteCount: Int

    package init(
        lease: Duration = .seconds(15), runTimeout: Duration = .seconds(300),
        progressInterval: Duration = .milliseconds(100), rescueInterval: Duration = .seconds(1),
        forgettingInterval: Duration = .seconds(5), attemptLimit: Int = 3, shutdownLimit: Duration = .seconds(30),
        deliveryLimit: Int = 600, stackByteCount: Int = 8 << 20
    ) {
        precondition(attemptLimit >= 1)
        self.lease = lease
        self.runTimeout = runTimeout
        self.progressInterval = progressInterval
        self.rescueInterval = rescueInterval
        self.forgettingInterval = forgettingInterval
        self.attemptLimit = attemptLimit
        self.shutdownLimit = shutdownLimit
        self.deliveryLimit = deliveryLimit
        self.stackByteCount = stackByteCount
    }
}
