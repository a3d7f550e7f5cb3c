import Foundation
import Testing

@testable import JobQueue

/// Every place for images outside of the database, and what it takes to break it.
enum ImagePlaceUnderTest: CaseIterable {
    case directory, s3

    func make() throws -> Place {
        switch self {
        case .directory:
            let path = FileManager.default.temporaryDirectory.appending(path: "underpaint-images-\(UUID().uuidString)")
            return Place(place: .directory(path.path), files: path, server: nil)
        case .s3:
            let server = try S3Server()
            return Place(place: try server.place(prefix: "/a b/c+d/"), files: nil, server: server)
        }
    }

    struct Place: Sendable {
        let place: ImagePlace
        let files: URL?
        let server: S3Server?

        /// Names of the images that lie there.
        var names: Set<String> {
            get throws {
                if let server { return Set(try server.keys.map { String($0.split(separator: "/").last ?? "") }) }
                let paths = files.flatMap { FileManager.default.enumerator(at: $0, includingPropertiesForKeys: nil) }
                return Set(
                    (paths?.allObjects ?? []).compactMap { ($0 as? URL)?.lastPathComponent }
                        .filter { $0.hasSuffix(".png") })
            }
        }

        /// Nothing can be read or written until `comeBack`. A file is where the folder was: that stops root too.
        func goAway() throws {
            try server?.order("away")
            guard let files else { return }
            try FileManager.default.moveItem(at: files, to: files.appendingPathExtension("away"))
            try Data().write(to: files)
        }

        func comeBack() throws {
            try server?.order("back")
            guard let files else { return }
            try FileManager.default.removeItem(at: files)
            try FileManager.default.moveItem(at: files.appendingPathExtension("away"), to: files)
        }

        func spoil() throws {
            if let server { for key in try server.keys { try server.order("spoil \(key)") } }
            let paths = files.flatMap { FileManager.default.enumerator(at: $0, includingPropertiesForKeys: nil) }
            for case let path as URL in paths?.allObjects ?? [] where path.pathExtension == "png" {
                try Data("spoilt".utf8).write(to: path)
            }
        }
    }
}
