import FoundationEssentials
import Generation

extension JobState {
    /// What cannot be true of a state that was read back; nil if all can.
    var fault: String? {
        for date in [startedAt, finishedAt] {
            if let date, !date.isPlausible { return "\(status) with the time \(date.timeIntervalSince1970)" }
        }
        switch self {
        case .queued, .cancelled, .expired, .failed:
            return nil
        case .running(let run):
            if !run.leaseExpiresAt.isPlausible { return "a lease until \(run.leaseExpiresAt.timeIntervalSince1970)" }
            guard let progress = run.progress else { return nil }
            return (0...max(0, progress.steps)).contains(progress.step)
                ? nil : "\(progress.step) steps of \(progress.steps)"
        case .completed(let completion):
            return completion.fault
        }
    }
}

extension JobState.Completion {
    fileprivate var fault: String? {
        if !total.isPlausible { return "a total of \(total)" }
        for image in images where image.index < 0 || image.byteCount < 0 || image.width < 1 || image.height < 1 {
            return "an image \(image.index) of \(image.width) x \(image.height) pixels and \(image.byteCount) bytes"
        }
        for stage in stages {
            if let time = stage.times.first(where: { !$0.isPlausible }) { return "\(stage.name) took \(time)" }
        }
        return nil
    }
}

extension StageTiming {
    fileprivate var times: [Duration] {
        switch self {
        case .structure(let work): work.times
        case .reconstruction(let work, _, let fts): work.times + [fts]
        case .vae(let total), .png(let total): [total]
        }
    }
}

extension StageTiming.Decoding {
    fileprivate var times: [Duration] { [total, encoder, decoder, diffusion] }
}
