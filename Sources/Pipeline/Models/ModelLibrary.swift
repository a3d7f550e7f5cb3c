package import Compute
import Foundation
package import Generation
package import MARModel
import Sampler

/// The models of a directory: what they are. Their weights are `ModelCache`'s.
package final class ModelLibrary: Sendable {
    /// The default model first, the others by name.
    package let served: [ServedModel]
    private let directories: [String: String]

    /// - Parameters:
    ///   - directory: holds one directory per model, each with `model.json` and `model.safetensors`.
    ///   - defaultModel: name of the model that requests get which name none.
    /// - Throws: `ModelLibraryError`, or `CheckpointError` for a `model.json` that cannot be used.
    package init(directory: String, defaultModel: String) throws {
        let root = URL(filePath: directory)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        } catch {
            throw ModelLibraryError.noDirectory(root.path)
        }
        var (served, directories): ([ServedModel], [String: String]) = ([], [:])
        // Names that start with a dot are imports in the making.
        for name in names where !name.hasPrefix(".") {
            let folder = root.appending(path: name)
            let file = folder.appending(path: "model.json").path
            guard FileManager.default.fileExists(atPath: file) else { continue }
            let configuration = try ModelConfiguration(file: file)
            guard directories[configuration.name] == nil else {
                throw ModelLibraryError.duplicateName(configuration.name, directory: root.path)
            }
            directories[configuration.name] = folder.path
            served.append(try ServedModel(configuration, file: file))
        }
        guard let first = served.firstIndex(where: { $0.name == defaultModel }) else {
            throw ModelLibraryError.noDefault(
                defaultModel, directory: root.path, available: served.map(\.name))
        }
        served.insert(served.remove(at: first), at: 0)
        self.served = served
        self.directories = directories
    }

    /// Where a model's files are.
    /// - Throws: `PipelineError.unknownModel`.
    package func directory(of name: String) throws -> String {
        guard let directory = directories[name] else { throw PipelineError.unknownModel(name) }
        return directory
    }

    /// Reads the weights of these models; names that are not served are left out.
    /// - Parameter backend: of the kind that will run them.
    /// - Throws: `CheckpointError`.
    package func load(_ names: [String], with backend: any Backend) throws -> [String: MARModel] {
        var models: [String: MARModel] = [:]
        for name in names {
            guard let directory = directories[name] else { continue }
            models[name] = try MARModel(directory: directory, backend: backend)
            MemoryRelease.run()  // Of the tensors as they were stored, now that the engine has its own form of them.
        }
        return models
    }
}

/// Why the models of a directory cannot be served.
package enum ModelLibraryError: Error, CustomStringConvertible {
    case noDirectory(String)
    case duplicateName(String, directory: String)
    case noDefault(String, directory: String, available: [String])
    case unknownSetting(file: String, key: String, value: String, known: [String])
    case unusablePictures(file: String, reason: String)

    package var description: String {
        switch self {
        case .noDirectory(let path): "there is no model directory \(path) (models.directory)"
        case .duplicateName(let name, let directory): "two models in \(directory) are called \(name)"
        case .noDefault(let name, let directory, let available):
            "no model called \(name) (models.default) in \(directory); there are: \(available.joined(separator: ", "))"
        case .unknownSetting(let file, let key, let value, let known):
            "\(file): \(key) is \"\(value)\", expected one of \(known.joined(separator: ", "))"
        case .unusablePictures(let file, let reason):
            "\(file): \(reason). `underpaint pictures` paints it anew, and without it the model works too"
        }
    }
}

extension ServedModel {
    fileprivate init(_ configuration: ModelConfiguration, file: String) throws {
        let defaults = configuration.defaults
        guard let preset = SamplerPreset(rawValue: defaults.sampler) else {
            throw ModelLibraryError.unknownSetting(
                file: file, key: "defaults.sampler", value: defaults.sampler,
                known: SamplerPreset.allCases.map(\.rawValue))
        }
        guard let schedule = GuidanceSchedule(rawValue: defaults.guidanceSchedule) else {
            throw ModelLibraryError.unknownSetting(
                file: file, key: "defaults.guidance_schedule", value: defaults.guidanceSchedule,
                known: GuidanceSchedule.allCases.map(\.rawValue))
        }
        let maskSchedule = defaults.maskSchedule.flatMap(MaskSchedule.init)
        if let name = defaults.maskSchedule, maskSchedule == nil {
            throw ModelLibraryError.unknownSetting(
                file: file, key: "defaults.mask_schedule", value: name, known: MaskSchedule.allCases.map(\.rawValue))
        }
        self.init(
            name: configuration.name, description: configuration.description ?? "",
            license: configuration.license ?? "", imageWidth: configuration.imageWidth,
            imageHeight: configuration.imageHeight, channels: configuration.vae.outputChannels,
            grid: TokenGrid(height: configuration.grid.height, width: configuration.grid.width),
            classes: configuration.classes.map {
                ModelClass(id: $0.id, name: $0.name, synonyms: $0.synonyms ?? [], wordnetID: $0.wordnetId)
            },
            defaults: Defaults(
                preset: preset, guidance: defaults.guidance, guidanceSchedule: schedule,
                temperature: defaults.temperature, timestepClip: defaults.timestepClip,
                maskSchedule: maskSchedule),
            weightsSHA256: configuration.weightsSha256 ?? "",
            pictures: try ClassPictures(besideFile: file, classCount: configuration.classes.count),
            work: { OperationCount.work(of: $0, configuration: configuration) })
    }
}
