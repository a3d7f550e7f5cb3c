import ArgumentParser
import JSON

extension ValidationError {
    /// The same faults by the names of the command line: `--first-color: must be even or odd`, one a line.
    init(_ errors: FieldErrors) {
        self.init(errors.fields.map { "\($0.flag): \($0.detail)" }.joined(separator: "\n"))
    }
}

extension FieldErrors.FieldError {
    /// `--guidance-schedule` of `/guidance_schedule`, `--first-color` of `/sampler/first_color`. The objects and lists of
    /// JSON are one flag each.
    fileprivate var flag: String {
        var parts = pointer.split(separator: "/").map(String.init)
        if parts.count > 1, parts[0] == "sampler" { parts.removeFirst() }
        let name = parts.first == "preset" ? "sampler" : parts.first ?? ""
        return "--" + name.replacing("_", with: "-")
    }
}
