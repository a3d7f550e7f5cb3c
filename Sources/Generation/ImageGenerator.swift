/// Makes the images of a request, synchronously, on the calling thread.
///
/// A generator owns scratch memory and belongs to one worker; what can be shared (weights) it shares with the others.
package protocol ImageGenerator: AnyObject {
    /// - Parameter onProgress: called between steps, at least once per autoregressive step. It throws
    ///   `CancellationError` to stop the work; the generator lets that error through.
    func generate(
        _ request: GenerationRequest, onProgress: (GenerationProgress) throws -> Void
    ) throws -> GenerationOutcome
}
