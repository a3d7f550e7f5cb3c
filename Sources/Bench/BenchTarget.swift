package import Compute
package import MARModel
import Pipeline

/// Which model is measured: a shape with random weights, or one from the model directory.
package enum BenchTarget {
    case shape(ModelShape)
    case named(String, directory: String)

    package func load(with backend: any Backend) throws -> MARModel {
        switch self {
        case .shape(let shape):
            return try MARModel(randomWeights: shape.configuration, backend: backend)
        case .named(let name, let directory):
            let library = try ModelLibrary(directory: directory, defaultModel: name)
            guard let model = try library.load([name], with: backend)[name] else {
                preconditionFailure("the library has its default model")
            }
            return model
        }
    }
}
