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
        submission.sampler = SamplerSubmission.read(from: &reader)
        submission.metadata = reader.flag("metadata")
        submission.previews = reader.flag("previews")
        submission.priority = reader.integer("priority")
        submission.deadlineMilliseconds = reader.integer("deadline_ms", nullable: true)
        reader.finish(otherNames: FieldNames.ofSubmission)
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
}
