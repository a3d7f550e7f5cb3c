import FoundationEssentials
import Generation
import HTTPServer
import HTTPTypes

/// One of the files that the page is made of. They are in the binary.
struct PageFile: Sendable {
    let name: String
    let type: String
    let bytes: [UInt8]
    private let tag: EntityTag

    private init(_ name: String, _ type: String, _ bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
        tag = EntityTag(SHA256Digest(of: bytes))
    }

    /// What a browser shows at `/`.
    static let page = PageFile("page.html", html, PackageResources.page_html)

    /// What the page asks for under `/page/`.
    static let parts = [
        PageFile("page.css", "text/css; charset=utf-8", PackageResources.page_css),
        PageFile("page.svg", "image/svg+xml", PackageResources.page_svg),
        PageFile("main.js", script, PackageResources.main_js),
        PageFile("service.js", script, PackageResources.service_js),
        PageFile("picker.js", script, PackageResources.picker_js),
        PageFile("settings.js", script, PackageResources.settings_js),
        PageFile("easel.js", script, PackageResources.easel_js),
        PageFile("timings.js", script, PackageResources.timings_js),
        PageFile("gallery.js", script, PackageResources.gallery_js),
        PageFile("theme.js", script, PackageResources.theme_js),
        PageFile("verify.js", script, PackageResources.verify_js),
    ]

    private static let html = "text/html; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    /// Nothing but this service's own files runs or is shown, nothing in them is written as markup, and nobody frames them.
    /// Images are also data (what events bring) and blobs (what is fetched with a key).
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

    /// 304 to a browser that has it: a new version of the service has new files under the same addresses.
    func response(to request: Request) -> Response {
        Response.file(
            bytes, type, tag,
            headers: [
                .cacheControl: "no-cache", .contentSecurityPolicy: Self.policy, .xContentTypeOptions: "nosniff",
                .referrerPolicy: "no-referrer",
            ]
        ).unlessKnown(tag, to: request)
    }
}
