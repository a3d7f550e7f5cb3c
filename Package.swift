// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: each import says whether it is part of the interface, `any` is written out.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Targets that touch C say `unsafe` where memory safety rests on the author.
let touchesC: [SwiftSetting] = strict + [.strictMemorySafety()]

/// Numeric loops are optimised in debug builds too: the tests run whole models, on the reference backend as well.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// What `underpaint --version` says after the version: `SOURCE_REVISION=$(git rev-parse --short=12 HEAD) swift build`.
/// Only letters, digits, `.`, `-` and `+` get through: the value becomes C.
let revision = (Context.environment["SOURCE_REVISION"] ?? "").filter {
    $0.isASCII && ($0.isLetter || $0.isNumber || ".-+".contains($0))
}

let package = Package(
    name: "underpaint",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // The way of a request, top down.
        .executableTarget(
            name: "underpaint",
            dependencies: [
                "HTTPServer", "GenerationAPI", "JobQueue", "WorkerPool", "Generation", "Pipeline", "Sampler",
                "MARModel", "Checkpoint", "Compute", "JSON", "Bench", "Parity", "Telemetry", "Reproduction",
                "PNGEncoder", "CRevision",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "HTTPServer",
            dependencies: [
                "CMicroHTTPD",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: touchesC),
        .target(
            name: "GenerationAPI",
            dependencies: [
                "HTTPServer", "JobQueue", "Generation", "JSON", "Sampler", "Telemetry", "Reproduction",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            // In the binary: it is one file, wherever it is copied to.
            resources: [
                .embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.svg"),
                .embedInCode("Page/main.js"), .embedInCode("Page/service.js"), .embedInCode("Page/picker.js"),
                .embedInCode("Page/settings.js"), .embedInCode("Page/easel.js"), .embedInCode("Page/timings.js"),
                .embedInCode("Page/gallery.js"), .embedInCode("Page/theme.js"), .embedInCode("Page/verify.js"),
            ],
            swiftSettings: strict),
        .target(
            name: "JobQueue",
            dependencies: [
                "Generation", "Sampler", "Telemetry", "CPostgreSQL", "CCurl",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: touchesC),
        .target(
            name: "WorkerPool",
            dependencies: [
                "JobQueue", "Generation",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "Generation", dependencies: ["JSON", "Sampler", "CNettle"], swiftSettings: touchesC),
        .target(
            name: "Pipeline",
            dependencies: [
                "Generation", "JSON", "Sampler", "MARModel", "Compute", "PNGEncoder", "Reproduction", "CMalloc",
                "Telemetry",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict + optimised),
        .target(name: "Sampler", swiftSettings: strict + optimised),
        .target(
            name: "MARModel", dependencies: ["Compute", "Checkpoint"],
            // In the binary: it is one file, wherever it is copied to.
            resources: [.embedInCode("Import/imagenet-classes.tsv")],
            swiftSettings: touchesC + optimised),
        .target(name: "Checkpoint", swiftSettings: touchesC + optimised),
        .target(name: "Compute", dependencies: ["CKernels", "CBLAS", "COneDNN"], swiftSettings: touchesC + optimised),
        .target(name: "PNGEncoder", dependencies: ["CPNG"], swiftSettings: touchesC),
        .target(name: "Reproduction", dependencies: ["Generation", "JSON", "PNGEncoder"], swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),

        // What operators see.
        .target(
            name: "Telemetry", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict),

        // Measuring and comparing.
        .target(
            name: "Bench",
            dependencies: ["Pipeline", "Generation", "JSON", "Sampler", "MARModel", "Compute"], swiftSettings: strict),
        .target(
            name: "Parity",
            dependencies: ["Pipeline", "Sampler", "MARModel", "Checkpoint", "Compute"],
            swiftSettings: strict + optimised),

        // Doors to C.
        .systemLibrary(
            name: "CMicroHTTPD", path: "Sources/C/CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(
            name: "CPNG", path: "Sources/C/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CBLAS", path: "Sources/C/CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(
            name: "CNettle", path: "Sources/C/CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(
            name: "CPostgreSQL", path: "Sources/C/CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/C/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMalloc", path: "Sources/C/CMalloc"),
        // Debian's oneDNN has no file for pkg-config.
        .systemLibrary(name: "COneDNN", path: "Sources/C/COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .target(
            name: "CRevision", path: "Sources/C/CRevision",
            cSettings: revision.isEmpty ? [] : [.define("SOURCE_REVISION", to: "\"\(revision)\"")]),
        .target(name: "CKernels", path: "Sources/C/CKernels", cSettings: [.unsafeFlags(["-O3"])]),

        .testTarget(
            name: "HTTPServerTests",
            dependencies: [
                "HTTPServer",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GenerationAPITests",
            dependencies: [
                "GenerationAPI", "Generation", "JSON", "ExampleModels", "RepositoryFiles", "Telemetry", "Reproduction",
                "PNGEncoder",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JobQueueTests", dependencies: ["JobQueue", "Generation", "JSON", "Sampler", "RepositoryFiles"],
            swiftSettings: strict),
        .testTarget(name: "WorkerPoolTests", dependencies: ["WorkerPool", "Generation"], swiftSettings: strict),
        .testTarget(
            name: "GenerationTests",
            dependencies: ["Generation", "JSON", "Sampler", "ExampleModels", "RepositoryFiles"],
            swiftSettings: strict),
        .target(name: "RepositoryFiles", path: "Tests/RepositoryFiles", swiftSettings: strict),
        .target(
            name: "ExampleModels", dependencies: ["Generation", "Sampler"], path: "Tests/ExampleModels",
            swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "Pipeline", "Parity", "Generation", "Compute", "MARModel", "Checkpoint", "Sampler", "ExampleModels",
                "RepositoryFiles",
            ],
            swiftSettings: strict),
        .testTarget(name: "SamplerTests", dependencies: ["Sampler", "ExampleModels"], swiftSettings: strict),
        .testTarget(
            name: "MARModelTests", dependencies: ["MARModel", "Checkpoint", "Compute", "RepositoryFiles"],
            swiftSettings: strict),
        .testTarget(
            name: "CheckpointTests", dependencies: ["Checkpoint", "MARModel", "Compute", "RepositoryFiles"],
            swiftSettings: strict),
        .testTarget(name: "ComputeTests", dependencies: ["Compute"], swiftSettings: strict),
        .testTarget(
            name: "ReproductionTests",
            dependencies: ["Reproduction", "PNGEncoder", "Generation", "JSON", "ExampleModels"],
            swiftSettings: strict),
        .testTarget(name: "PNGEncoderTests", dependencies: ["PNGEncoder", "CPNG"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "underpaint", "HTTPServer", "GenerationAPI", "JobQueue", "WorkerPool", "Compute", "MARModel",
                "Pipeline", "Bench",
                "Generation", "JSON", "RepositoryFiles",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
