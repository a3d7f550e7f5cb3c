import HTTPServer
import JSON

extension Response {
    static func json(_ document: JSONValue, status: Int = 200, headers: HeaderFields = [:]) -> Response {
        var response = Response(status: status, headers: headers, body: Array((document.text() + "\n").utf8))
        response.headers["Content-Type"] = MediaType.json.rawValue
        return response
    }
}
