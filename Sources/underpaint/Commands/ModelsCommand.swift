import ArgumentParser
import Generation
import Pipeline
import Sampler

/// `underpaint models`: what can be asked for.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the models and their classes.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let settings = try options.load()
        let library = try ModelLibrary(
            directory: settings.models.directory, defaultModel: settings.models.defaultName)
        for model in library.served {
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
}
