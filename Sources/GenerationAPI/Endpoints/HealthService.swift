import JSON

/// Whether a process works: for balancers and orchestrators.
package struct HealthService: Sendable {
    let readiness: @Sendable () -> Readiness

    package init(readiness: @escaping @Sendable () -> Readiness) { self.readiness = readiness }

    package var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/healthz", needs: nil) { _, _ in .json(.record(["status": .string("ok")])) },
            Endpoint(.get, "/readyz", needs: nil) { _, _ in
                try readiness().require()
                return .json(.record(["status": .string("ready")]))
            },
        ]
    }
}
