import Generation
package import Logging
import Sampler

extension Job {
    /// What every line about a job says of it.
    package var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "job": "\(id)", "model": "\(request.model)", "class": "\(request.className)",
            "sampler": "\(request.sampler.preset.rawValue)", "count": .stringConvertible(request.count),
            "gflop": .stringConvertible((work.gflop * 1000).rounded() / 1000),
        ]
        if owner != .anonymous { metadata["key"] = "\(owner.name)" }
        if let requestID { metadata["request_id"] = "\(requestID)" }
        if let traceParent { metadata["traceparent"] = "\(traceParent)" }
        return metadata
    }
}
