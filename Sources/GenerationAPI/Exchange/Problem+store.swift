import HTTPTypes
import JobQueue

extension Problem {
    /// What a client is told of an error inside: what it can do, and nothing that is for the log.
    init(inside error: any Error) {
        switch error {
        case JobStoreError.unavailable:
            self.init(
                .storeUnavailable, "the service cannot reach its store of jobs; what runs goes on",
                headers: [.retryAfter: "2"])
        case JobStoreError.storageFull:
            self.init(.storageFull, "no job can be kept now", headers: [.retryAfter: "30"])
        default:
            self.init(.internalError, "the service's log says more")
        }
    }
}
