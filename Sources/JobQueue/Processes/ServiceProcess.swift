/// One process of the service, as it announces itself to the others that share its store.
package struct ServiceProcess: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Takes requests, and runs no jobs.
        case api
        /// Takes requests and runs jobs.
        case serve
        /// Runs jobs.
        case worker
    }

    /// Unique among all that share a store at any time; workers have it in their names.
    package let id: String
    package let kind: Kind
    /// Name of its machine.
    package let host: String
    /// Of the program.
    package let version: String
    /// Jobs that it runs at the same time, each on a thread of its own; 0: none, in a process that only takes them.
    package let workers: Int
    /// Most threads of one worker.
    package let threads: Int
    /// SHA-256 of the weights of each model that it has, by the model's name; empty where the model does not say.
    package let models: [String: String]

    package init(
        id: String, kind: Kind, host: String, version: String, workers: Int, threads: Int, models: [String: String]
    ) {
        self.id = id
        self.kind = kind
        self.host = host
        self.version = version
        self.workers = workers
        self.threads = threads
        self.models = models
    }

    /// Those of its models that it may not run: others of that name have other weights.
    ///
    /// - Parameter agreed: SHA-256 of the weights that count, by the model's name.
    func refusals(_ agreed: [String: String]) -> [ModelRefusal] {
        models.sorted { $0.key < $1.key }.compactMap { name, own in
            guard let agreed = agreed[name], agreed != own else { return nil }
            return ModelRefusal(model: name, own: own, agreed: agreed)
        }
    }
}

/// Why a process may not run a model that it has.
package struct ModelRefusal: Sendable, Hashable {
    package let model: String
    /// SHA-256 of the weights that the process has.
    package let own: String
    /// SHA-256 of the weights that a living process announced before.
    package let agreed: String

    package init(model: String, own: String, agreed: String) {
        self.model = model
        self.own = own
        self.agreed = agreed
    }
}

/// A process that was heard of lately.
package struct RegisteredProcess: Sendable, Equatable {
    package let process: ServiceProcess
    /// Since it was last heard of.
    package let silence: Duration
    package let refusals: [ModelRefusal]

    package init(_ process: ServiceProcess, silence: Duration, refusals: [ModelRefusal]) {
        self.process = process
        self.silence = silence
        self.refusals = refusals
    }
}
