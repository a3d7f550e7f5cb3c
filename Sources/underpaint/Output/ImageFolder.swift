import Foundation
import Generation
import Glibc

/// Where `generate` writes. A file is there whole or not at all.
struct ImageFolder {
    /// As the user wrote it.
    let path: String

    /// Makes the folder if it is missing.
    /// - Throws: `FileFault`.
    init(_ path: String) throws(FileFault) {
        self.path = path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            throw FileFault("cannot make the folder \(path)", code: ENOTDIR)
        }
        do {
            try FileManager.default.createDirectory(at: URL(filePath: path), withIntermediateDirectories: true)
        } catch {
            // The one reason that Foundation keeps to itself.
            if mkdir(path, 0o777) != 0, errno == ENOTDIR {
                throw FileFault("cannot make the folder \(path)", code: ENOTDIR)
            }
            throw FileFault("cannot make the folder \(path)", error)
        }
        // Better said before the work than after it.
        guard access(path, W_OK | X_OK) == 0 else {
            throw FileFault("cannot write into the folder \(path)", code: errno)
        }
    }

    /// `out/bag-1.png` for `bag-1.png`.
    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// - Returns: name of the file: class and seed.
    /// - Throws: `FileFault`.
    func write(_ image: GeneratedImage, className: String) throws(FileFault) -> String {
        let words = className.lowercased().split { !$0.isLetter && !$0.isNumber }
        let name = "\(words.joined(separator: "-"))-\(image.seed).png"
        try write(Data(image.png), to: name)
        return name
    }

    /// - Throws: `FileFault`.
    func write(_ bytes: Data, to name: String) throws(FileFault) {
        do {
            try bytes.write(to: URL(filePath: path).appending(path: name), options: .atomic)
        } catch {
            throw FileFault("cannot write \(path(of: name))", error)
        }
    }
}
