import Foundation

/// Where the names of an imported model's classes come from.
package enum ClassNames {
    /// The 1,000 classes of ImageNet.
    case imageNet
    /// A text file with one class per line: its name, then synonyms, separated by tabs.
    case file(String)
    /// `class 0`, `class 1`, ...
    case numbers

    /// - Parameter text: `imagenet` or a path; nil: numbers.
    package init(_ text: String?) {
        switch text {
        case nil: self = .numbers
        case "imagenet": self = .imageNet
        case let path?: self = .file(path)
        }
    }

    /// - Throws: `ClassNamesError` if there are not that many names, or one has no text.
    package func classes(count: Int) throws -> [ModelConfiguration.Class] {
        let classes: [ModelConfiguration.Class]
        switch self {
        case .numbers: classes = (0..<count).map { .init(id: $0, name: "class \($0)") }
        case .imageNet: classes = Self.imageNetClasses
        case .file(let path):
            let text: String
            do {
                text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            } catch {
                throw ClassNamesError.unreadable(path, reason: error.localizedDescription)
            }
            var lines = text.components(separatedBy: .newlines)
            while lines.last?.isEmpty == true { lines.removeLast() }
            classes = try lines.enumerated().map { index, line in
                let names = line.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
                guard let name = names.first, names.allSatisfy({ !$0.isEmpty && $0.count <= 200 }) else {
                    throw ClassNamesError.unusableLine(path, line: index + 1)
                }
                return .init(id: index, name: name, synonyms: names.count > 1 ? Array(names.dropFirst()) : nil)
            }
        }
        guard classes.count == count else {
            throw ClassNamesError.wrongCount(names: classes.count, classes: count)
        }
        return classes
    }

    /// In the order of the WordNet ids, which is the order of the classes in every model that was trained on ImageNet.
    /// Line by line: WordNet id, name, synonyms (`training/reference/imagenet_classes.py` made the file).
    private static var imageNetClasses: [ModelConfiguration.Class] {
        String(decoding: PackageResources.imagenet_classes_tsv, as: UTF8.self)
            .split(separator: "\n").enumerated().map { index, line in
                let fields = line.split(separator: "\t").map(String.init)
                return .init(
                    id: index, name: fields[1], synonyms: fields.count > 2 ? Array(fields[2...]) : nil,
                    wordnetId: fields[0])
            }
    }
}

package enum ClassNamesError: Error, CustomStringConvertible {
    case unreadable(String, reason: String)
    case unusableLine(String, line: Int)
    case wrongCount(names: Int, classes: Int)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "--classes takes imagenet or a file with a class per line; \(path) cannot be read: \(reason)"
        case .unusableLine(let path, let line): "\(path), line \(line): expected a name, then synonyms between tabs"
        case .wrongCount(let names, let classes): "--classes has \(names) names, the model \(classes) classes"
        }
    }
}
