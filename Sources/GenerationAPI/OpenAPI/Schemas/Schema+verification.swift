import JSON

extension Schema {
    /// Whether an image is what its settings make, and where not.
    static var verification: Schema {
        object([
            ("identical", boolean.described("Whether the files are the same, byte by byte.")),
            (
                "pixels_identical",
                boolean.nullable.described("null where the image was not made again, because the weights are others.")
            ),
            ("differs", array(of: difference)),
            (
                "settings",
                Schema(["type": .string("object")]).described("Those in the file, as they could be submitted again.")
            ),
            ("made_by", origin.nullable.described("What made the file, as it says; null if it does not say.")),
            ("made_again_by", origin.nullable.described("What made the image again; null if nothing did.")),
            ("sha256", sha256.described("Of the file.")),
            ("job", reference("JobID").nullable.described("The job that made the image again; null if none did.")),
        ])
    }

    private static var difference: Schema {
        object(
            [
                ("what", oneOf(["version", "engine", "precision", "weights", "size", "pixels", "bytes"])),
                ("file", string.described("In the file.")),
                ("here", string.described("In the image that was made again.")),
                ("count", count.described("Values that differ; a pixel has one or three.")),
                ("of", count.described("Values of the image.")),
                ("largest", integer(0...255).described("Largest difference.")),
            ], required: ["what"])
    }

    private static var origin: Schema {
        object([("version", string), ("engine", string), ("precision", string), ("weights", string)])
    }
}
