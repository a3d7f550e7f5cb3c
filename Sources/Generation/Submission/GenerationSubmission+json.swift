package import JSON

extension GenerationSubmission {
    /// Reads the body of a submit.
    ///
    /// - Returns: what could be read, and what is wrong with the rest: kinds of values and unknown fields, not ranges.
    package static func read(_ document: JSONValue) -> (submission: GenerationSubmission, errors: FieldErrors) {
        guard case .object(let members) = document else {
            return (.init(), .init([.init(pointer: "", detail: "must be an object, not \(document.kind)")]))
        }
        var reader = FieldReader(members)
        var submission = GenerationSubmission()
        submission.model = reader.string("model")
        submission.classReference = readClass(&reader)
        submission.count = reader.integer("count")
        submission.seed = reader.integer("seed", nullable: true)
        submission.guidance = reader.number("guidance")
        submission.guidanceSchedule = reader.string("guidance_schedule")
        submission.temperature = reader.number("temperature")
        submission.sampler = readSampler(&reader)
        submission.metadata = reader.flag("metadata")
        submission.previews = reader.flag("previews")
        submission.priority = reader.integer("priority")
        submission.deadlineMilliseconds = reader.integer("deadline_ms", nullable: true)
        reader.finish()
        return (submission, reader.errors)
    }

    private static func readClass(_ reader: inout FieldReader) -> ClassReference? {
        switch reader.value("class") {
        case nil: nil
        case .string(let name): .name(name)
        case .number(let number): reader.integer(.number(number), named: "class").map { .id($0) }
        case .some(let other): reader.mismatch("class", other, expected: "a name or a number")
        }
    }

    private static func readSampler(_ reader: inout FieldReader) -> SamplerSubmission {
        switch reader.value("sampler") {
        case nil:
            return SamplerSubmission()
        case .string(let name):
            var sampler = SamplerSubmission(preset: name)
            sampler.presetPointer = "/sampler"
            return sampler
        case .object:
            return reader.object("sampler", readSampler(members:)) ?? SamplerSubmission()
        case .some(let other):
            return reader.mismatch("sampler", other, expected: "a preset's name or an object") ?? SamplerSubmission()
        }
    }

    private static func readSampler(members reader: inout FieldReader) -> SamplerSubmission {
        var sampler = SamplerSubmission(preset: reader.string("preset"))
        sampler.order = reader.string("order")
        sampler.firstColor = reader.string("first_color")
        sampler.steps = readSteps(&reader)
        sampler.diffusionSteps =
            reader.object("diffusion_steps") { reader in
                var steps = SamplerSubmission.DiffusionSteps()
                steps.max = reader.integer("max")
                steps.min = reader.integer("min")
                steps.reconstruction = reader.integer("reconstruction")
                steps.detail = reader.integer("detail")
                return steps
            } ?? .init()
        sampler.detailFraction = reader.number("detail_fraction")
        sampler.timestepClip = readTimestepClip(&reader)
        sampler.frequencyWeightedSelection = reader.flag("fts")
        sampler.selection = reader.string("selection")
        return sampler
    }

    private static func readSteps(_ reader: inout FieldReader) -> SamplerSubmission.Steps? {
        switch reader.value("steps") {
        case nil:
            return nil
        case .number(let number):
            return reader.integer(.number(number), named: "steps").map { .total($0) }
        case .array(let elements):
            let counts = elements.enumerated().map { reader.integer($0.element, named: "steps/\($0.offset)") }
            // One bad element leaves a hole; the checks of the others would be off by it.
            return counts.contains(nil) ? nil : .perSubStage(counts.compactMap { $0 })
        case .some(let other):
            return reader.mismatch("steps", other, expected: "an array of integers, or one integer")
        }
    }

    private static func readTimestepClip(_ reader: inout FieldReader) -> SamplerSubmission.TimestepClip? {
        switch reader.value("timestep_clip") {
        case nil: nil
        case .null: .off
        case .some(let value): reader.integer(value, named: "timestep_clip").map { .at($0) }
        }
    }
}
