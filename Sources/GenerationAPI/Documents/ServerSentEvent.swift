import FoundationEssentials
import Generation
import JSON
import JobQueue

/// One event of a stream, in the form of the HTML standard's server-sent events.
struct ServerSentEvent: Equatable {
    let name: String
    /// What a client that comes back names as the last that it has; nil leaves it at the one before.
    let id: EventID?
    let data: JSONValue
    /// Whether the stream ends with it.
    let isLast: Bool

    /// What a client hears before the first event: how long it waits, in milliseconds, before it comes back.
    static let opening = Array("retry: 2000\n\n".utf8)
    /// A comment.
    static let heartbeat = Array(":\n\n".utf8)

    /// JSON on one line needs one `data:` field only.
    var bytes: [UInt8] {
        var text = "event: \(name)\n"
        if let id { text += "id: \(id)\n" }
        return Array((text + "data: \(data.text())\n\n").utf8)
    }
}

extension ServerSentEvent {
    /// Where a queued or running job stands; nil if its worker has not reported.
    init?(unfinished snapshot: JobSnapshot) {
        let document = JobDocument(snapshot: snapshot)
        switch snapshot.job.state.status {
        case .queued: self.init(name: "queued", snapshot, document.place)
        case .running:
            guard let progress = document.progress, progress != .null else { return nil }
            self.init(name: "progress", snapshot, progress)
        case .completed, .failed, .cancelled, .expired: return nil
        }
    }

    private init(name: String, _ snapshot: JobSnapshot, _ data: JSONValue?) {
        self.init(name: name, id: EventID(snapshot.job), data: data ?? .null, isLast: false)
    }

    /// The end of a job, by the name of its state, with all that there is to say.
    init(finished snapshot: JobSnapshot) {
        self.init(
            name: snapshot.job.state.status.rawValue, id: EventID(snapshot.job),
            data: JobDocument(snapshot: snapshot).json, isLast: true)
    }

    /// The service stops, and this process will not run the job.
    init(stoppingBefore snapshot: JobSnapshot) {
        self.init(
            name: "stopping", id: EventID(snapshot.job), data: JobDocument(snapshot: snapshot).json, isLast: true)
    }

    /// The job was there and is not kept any more: somebody deleted it.
    init(gone id: JobID) {
        self.init(name: "gone", id: nil, data: .record(["id": .string(id.description)]), isLast: true)
    }

    init(_ preview: ImagePreview) {
        self.init(
            name: "preview", id: nil,
            data: .record([
                "index": .integer(preview.index), "step": .integer(preview.step), "steps": .integer(preview.steps),
                "width": .integer(preview.width), "height": .integer(preview.height),
                "png": .string(Data(preview.png).base64EncodedString()),
            ]), isLast: false)
    }
}
