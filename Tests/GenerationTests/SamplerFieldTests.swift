import ExampleModels
import Generation
import JSON
import RepositoryFiles
import Sampler
import Testing

@Suite("The table of the samplers' fields")
struct SamplerFieldTests {
    @Test(arguments: SamplerField.allCases)
    func `every field has its row in the documentation of the API`(field: SamplerField) throws {
        let document = try RepositoryFiles.text("docs/api.md")
        let values =
            switch field.kind {
            case .integer(let range): "\(range.lowerBound)...\(range.upperBound)"
            case .optionalInteger(let range): "\(range.lowerBound)...\(range.upperBound) or null"
            case .number(let range): "\(Int(range.lowerBound))...\(Int(range.upperBound))"
            case .flag: "true, false"
            case .name(let names): names.map { "`\($0)`" }.joined(separator: ", ")
            case .counts: "integer, or one per sub-stage"
            }
        let name = field.rawValue.replacing("/", with: ".")
        #expect(document.contains("| `\(name)` | \(values) | \(field.meaning) |"))
    }

    @Test(arguments: SamplerPreset.allCases)
    func `what a sampler writes it reads`(preset: SamplerPreset) throws {
        let model = ServedModel.example(grid: TokenGrid(height: 16, width: 16))
        let settings = preset.settings(for: model.grid)
        let text = #"{"class":7,"sampler":\#(settings.json.text())}"#
        let (submission, errors) = GenerationSubmission.read(try JSONParser.parse(Array(text.utf8)))
        #expect(errors.isEmpty)
        #expect(try submission.resolve(models: [model], limits: APILimits()).sampler == settings)
        let known = type(of: settings.method.sampler).knownFields
        #expect(settings.fields.all.allSatisfy { known.contains($0.field) })
    }
}
