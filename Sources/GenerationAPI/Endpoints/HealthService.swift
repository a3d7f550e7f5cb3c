import JSON
package import JobQueue

/// Whether a process works: for balancers and orchestrators.
package struct HealthService: Sendable {
    private let readiness: @Sendable () -> Readiness
    private let probe: StoreProbe

    /// - Parameter queue: has to answer in a process that is ready.
    package init(queue: JobQueue, readiness: @escaping @Sendable () -> Readiness) {
        self.readiness = readiness
        probe = StoreProbe(queue)
    }

    package var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/healthz", needs: nil) { _, _ in .json(.record(["status": .string("ok")])) },
            Endpoint(.get, "/readyz", needs: nil) { _, _ in
                try readiness().require()
                try await probe.require()
                return .json(.record(["status": .string("ready")]))
            },
        ]
    }
}
