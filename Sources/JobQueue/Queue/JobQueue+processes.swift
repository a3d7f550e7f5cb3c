extension JobQueue {
    /// Sign of life of a process: see `ProcessRegistry`.
    ///
    /// - Returns: those of its models that it may not run.
    package func announce(_ process: ServiceProcess, for duration: Duration) async throws -> [ModelRefusal] {
        try await registry.announce(process, for: duration)
    }

    /// A process ends.
    package func leave(_ id: String) async throws { try await registry.leave(id) }

    /// The living processes of the store, by their ids.
    package func processes() async throws -> [RegisteredProcess] { try await registry.processes() }

    /// Has the workers look for a job: they may run more models than before.
    package func wakeWorkers() { signals.publish(.work) }
}
