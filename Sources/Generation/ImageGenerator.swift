/// Makes the images of a request, synchronously, on the calling thread.
///
/// A generator owns scratch memory and belongs to one worker; what can be shared (weights) it shares with the others.
package protocol ImageGenerator: AnyObject {
    /// - Parameters:
    ///   - onProgress: called between steps, at least once per autoregressive step. It throws `CancellationError` to stop
    ///     the work; the generator lets that error through.
    ///   - onUnfinished: called between autoregressive steps, to look at the images; what it throws ends the work. What
    ///     it looks at costs, and nothing else does; nil where nobody will look.
    func generate(
        _ request: GenerationRequest, onProgress: (GenerationProgress) throws -> Void,
        onUnfinished: ((any UnfinishedImages) throws -> Void)?
    ) throws -> GenerationOutcome
}
