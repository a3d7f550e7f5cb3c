/// What may have happened. News says where to look, never what is there: that is the store's to say.
package enum JobNews: Sendable, Hashable {
    /// A job was queued.
    case work
    /// A job left the queue, so that others moved up.
    case line
    /// A job is in another state.
    case state(JobID)
    /// A running job is farther.
    case progress(JobID)
    /// An image of a running job can be seen farther.
    case preview(JobID)
    /// This process claims no more jobs. It concerns no other process.
    case closing
}
