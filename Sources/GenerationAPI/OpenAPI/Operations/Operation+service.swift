import JSON

extension Operation {
    static let service = [
        Operation(
            "getCapabilities", .get, "/v1/capabilities", .service, "Show what this instance is and takes.",
            replies: [.json("Version, what computes, limits, queue.", .reference("Capabilities"))],
            problems: [.notAcceptable]),
        Operation(
            "getLiveness", .get, "/healthz", .service, "Tell whether the process answers.",
            replies: [.json("It does.", .reference("Status"))]),
        Operation(
            "getReadiness", .get, "/readyz", .service,
            "Tell whether jobs are taken: models are loaded, the store answers, nobody stops.",
            replies: [.json("They are.", .reference("Status"))], problems: [.notReady, .storeUnavailable]),
        Operation(
            "getMetrics", .get, "/metrics", .service, "Show what was measured.",
            replies: [Reply(200, "Prometheus' text format 0.0.4.", [("text/plain", .string)])]),
        Operation(
            "getContract", .get, .contract, .service, "Show this document.",
            replies: [
                .json(
                    "OpenAPI 3.1.", .object([("openapi", .string), ("info", Schema(["type": .string("object")]))]))
            ],
            problems: [.notAcceptable]),
    ]
}
