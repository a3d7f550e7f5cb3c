import HTTPServer
import HTTPTypes
import JSON

extension Response {
    static func json(_ document: JSONValue, status: Int = 200, headers: HTTPFields = [:]) -> Response {
        var response = Response(status: status, headers: headers, body: Array((document.text() + "\n").utf8))
        response.headers[.contentType] = MediaType.json.rawValue
        return response
    }
}
