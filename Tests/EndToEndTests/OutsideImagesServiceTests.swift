import Foundation
import Testing

/// `store.images`: the service with its images in a directory.
struct OutsideImagesServiceTests {
    private static func names(below folder: URL) -> [String] {
        (FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []).compactMap { $0 as? String }
            .filter { $0.hasSuffix(".png") }
    }

    @Test func `images lie in the directory, are served from there, and go with their job`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-outside-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let images = folder.appending(path: "images")
        let server = try ServedProcess([
            "--database", "sqlite:\(folder.path)/jobs.sqlite", "--set", "store.images=directory:\(images.path)",
        ])
        let made = try server.post(#"{"class":3}"#, ["-H", "Accept: image/png"])
        #expect(made.status == 200)
        let names = Self.names(below: images)
        #expect(names.count == 1)
        let file = images.appending(path: try #require(names.first))
        #expect(try Data(contentsOf: file) == made.body)
        let id = try #require(file.lastPathComponent.split(separator: "-").first)
        #expect(try server.curl(["/v1/generations/\(id)/images/0"]).body == made.body)
        try FileManager.default.moveItem(at: images, to: folder.appending(path: "unmounted"))
        let away = try server.curl(["/v1/generations/\(id)/images/0"])
        #expect(away.status == 503 && away.text.contains("store-unavailable"))
        try FileManager.default.moveItem(at: folder.appending(path: "unmounted"), to: images)
        #expect(try server.curl(["/v1/generations/\(id)/images/0"]).status == 200)
        #expect(try server.curl(["-X", "DELETE", "/v1/generations/\(id)"]).status == 204)
        #expect(Self.names(below: images).isEmpty)
        #expect(try server.curl(["/v1/generations/\(id)/images/0"]).status == 410)
    }

    @Test(
        arguments: [
            ("s3://pictures", "sqlite:/tmp/underpaint-none.sqlite", "AWS_ACCESS_KEY_ID"),
            ("directory:/tmp/x", "memory", "store.database is memory"),
            ("directory:/proc/images", "sqlite:/tmp/underpaint-none.sqlite", "/proc/images"),
        ])
    func `settings that do not fit stop the start, with what to do`(
        images: String, database: String, complaint: String
    ) throws {
        let result = try ServedProcess.run(
            ServedProcess.binary,
            ["serve", "--port", "0", "--database", database, "--set", "store.images=\(images)"]
                + ["--models", ServedProcess.modelFlags[1], "--set", "models.default=tiny"])
        #expect(result.code == 1)
        #expect(result.error.contains(complaint))
    }
}
