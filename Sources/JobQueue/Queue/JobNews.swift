/// What may have happened. News says where to look, never what is there: that is the store's to say.
package enum JobNews: Sendable, Hashable {
    /// A job was queued.
    case work
    /// A job left the queue, so that others moved up.
    case line
    /// A job is in another state.
    case state(JobID)
    /// A job that this process runs is farther. Others look for that themselves: telling them would cost more than the job.
    case progress(JobID)
    /// An image of a job that this process runs can be seen farther. It concerns no other process.
    case preview(JobID)
    /// Another process can see an image of a running job farther.
    case sharedPreview(JobID)
    /// The previews of this process are others. It concerns no other process.
    case board
    /// Somebody begins to look at a job that another process runs.
    case wish
    /// This process claims no more jobs. It concerns no other process.
    case closing
}
