import JSON

extension Operation {
    static let models = [
        Operation(
            "listModels", .get, "/v1/models", .models, "List the models.", description: "In OpenAI's form.",
            replies: [.json("The models, the default one first.", .list(of: .reference("Model")))],
            problems: [.notAcceptable]),
        Operation(
            "getModel", .get, "/v1/models/{name}", .models, "Show a model.", parameters: [name],
            replies: [.json("The model.", .reference("Model"))], problems: [.notFound, .notAcceptable]),
        Operation(
            "listClasses", .get, .classes, .models, "List or search the classes of a model.",
            parameters: [
                name,
                Parameter(
                    "q", in: .query, .string.example(.string("shoe")),
                    "Part of a name, synonym or WordNet id, or the number; all classes without it."),
            ],
            replies: [.json("The classes.", .list(of: .reference("Class")))], problems: [.notFound, .notAcceptable]),
        Operation(
            "getClassPictures", .get, .pictures, .models, "Show a picture of each class of a model.",
            description: "All in one PNG; `pictures` of the model says how.", parameters: [name, ifNoneMatch],
            replies: [
                Reply(200, "The PNG.", [("image/png", .png)], headers: [("ETag", "Strong.")]),
                Reply(304, "The client has it.", headers: [("ETag", "As above.")]),
            ], problems: [.notFound, .notAcceptable]),
    ]

    private static let name = Parameter("name", in: .path, .string, "Name of the model.")
}
