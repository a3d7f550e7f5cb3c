import ArgumentParser
import JSON
import Pipeline

extension ModelLibrary {
    /// The models of a directory, first the one that the user named.
    /// - Throws: `ValidationError` if there is none of this name, with those that there are.
    convenience init(directory: String, naming name: String) throws {
        do {
            try self.init(directory: directory, defaultModel: name)
        } catch ModelLibraryError.noDefault(_, let directory, let available) {
            let hint = NearestNames.hint(for: name, among: available)
            throw ValidationError("there is no model \"\(name)\" in \(directory)\(hint)")
        }
    }
}
