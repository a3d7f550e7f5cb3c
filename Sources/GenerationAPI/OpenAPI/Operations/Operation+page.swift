import JSON

extension Operation {
    static let page = [
        Operation(
            "getRoot", .get, .root, .page, "Show the page, or what there is.",
            description: "A browser gets the page. A client that does not prefer HTML gets links and a first command.",
            parameters: [ifNoneMatch],
            replies: [
                Reply(
                    200, "The page, or the links.",
                    [
                        (
                            "application/json",
                            .object([
                                ("name", .string), ("version", .string), ("try", .string),
                                ("links", Schema(["type": .string("object")])),
                            ])
                        ),
                        ("text/html", .string),
                    ], headers: [("ETag", "Of the page. Strong.")]),
                Reply(304, "The client has it.", headers: [("ETag", "As above.")]),
            ], problems: [.notAcceptable]),
        Operation(
            "getPageFile", .get, .pageFile, .page, "Show a file of the page.",
            parameters: [Parameter("file", in: .path, .string, "Name of the file."), ifNoneMatch],
            replies: [
                Reply(
                    200, "The file.", PageFile.parts.map(\.mediaType).unique.map { ($0, .string) },
                    headers: [("ETag", "Strong.")]),
                Reply(304, "The client has it.", headers: [("ETag", "As above.")]),
            ], problems: [.notFound]),
    ]
}

extension PageFile {
    /// Without its parameters.
    fileprivate var mediaType: String { String(type.prefix { $0 != ";" }) }
}

extension [String] {
    /// Each once, in the order of their first places.
    fileprivate var unique: [String] {
        reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }
}
