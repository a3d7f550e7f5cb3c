/// Which processes share a store, what they are, and which weights count under a model's name.
///
/// The weights that count are those of the first process that announces the name, for as long as any living process has
/// them. A process with others may not run that model: the same request would give other bytes.
package protocol ProcessRegistry: Sendable {
    /// Sign of life of a process.
    ///
    /// - Parameter duration: how long it may stay silent from now on before it falls out.
    /// - Returns: those of its models that it may not run.
    func announce(_ process: ServiceProcess, for duration: Duration) async throws -> [ModelRefusal]

    /// A process ends.
    func leave(_ id: String) async throws

    /// The living ones, by their ids.
    func processes() async throws -> [RegisteredProcess]
}
