import HTTPServer
import HTTPTypes

extension Response {
    /// Server-sent events, that nothing on the way may keep.
    static func events(_ stream: ResponseStream) -> Response {
        var stream = stream
        stream.heartbeat = ServerSentEvent.heartbeat
        return Response(
            status: 200,
            headers: [
                .contentType: MediaType.eventStream.rawValue, .cacheControl: "no-store",
                // nginx holds replies back in its buffers otherwise.
                .acceleratorBuffering: "no",
            ],
            body: .stream(stream))
    }
}
