package import Compute
package import MARModel

/// Where a worker's pipeline gets the models that requests name.
package protocol ModelSource: Sendable {
    /// Whether a model, once loaded, is never given up: then callers may hold on to it.
    var keepsModels: Bool { get }

    /// Runs work with a model, which stays loaded until the work is done.
    /// - Parameters:
    ///   - backend: the caller's, of the kind that every caller uses.
    ///   - onWait: called now and then while the model is not there yet; what it throws ends the waiting.
    /// - Throws: `PipelineError.unknownModel`, or why the model cannot be loaded.
    func withModel<Result>(
        _ name: String, for backend: any Backend, onWait: () throws -> Void, _ work: (MARModel) throws -> Result
    ) throws -> Result
}

/// Models that are there from the start.
package struct LoadedModels: ModelSource {
    package let models: [String: MARModel]
    package var keepsModels: Bool { true }

    package func withModel<Result>(
        _ name: String, for backend: any Backend, onWait: () throws -> Void, _ work: (MARModel) throws -> Result
    ) throws -> Result {
        guard let model = models[name] else { throw PipelineError.unknownModel(name) }
        return try work(model)
    }
}
