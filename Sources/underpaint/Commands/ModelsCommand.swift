import ArgumentParser
import Generation
import GenerationAPI
import JSON
import Pipeline
import Sampler

/// `underpaint models`: what can be asked for.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the models and their classes.")

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: "Show this model only.")
    var name: String?

    @Flag(name: .long, help: "Print one JSON object: the models as the API shows them, with their classes.")
    var json = false

    func run() throws {
        let models = try served()
        guard !json else {
            return print(JSONValue.record(["models": .array(models.map(\.withClasses))]).text(isIndented: true))
        }
        for model in models {
            let colour = model.channels == 1 ? "grey" : "colour"
            print("\(model.name): \(model.imageWidth) x \(model.imageHeight), \(colour). \(model.description)")
            print("  default: \(model.defaults.preset.rawValue), guidance \(model.defaults.guidance)")
            for item in model.classes {
                let synonyms = item.synonyms.isEmpty ? "" : " (\(item.synonyms.joined(separator: ", ")))"
                let wordnetID = item.wordnetID.map { "  \($0)" } ?? ""
                print("  \(item.id)\(wordnetID)  \(item.name)\(synonyms)")
            }
        }
    }

    /// The models to show.
    private func served() throws -> [ServedModel] {
        let settings = try options.load().models
        guard let name else {
            return try ModelLibrary(directory: settings.directory, defaultModel: settings.defaultName).served
        }
        return [try ModelLibrary(directory: settings.directory, naming: name).served[0]]
    }
}

extension ServedModel {
    fileprivate var withClasses: JSONValue { json.adding(["classes": .array(classes.map(\.json))]) }
}
