import Dispatch
import Foundation
import Generation
import JobQueue
import Synchronization

/// One operating system thread and the generator that lives and dies on it.
///
/// A generator computes for seconds without suspending: on the cooperative pool it would take a core from everybody
/// else, and it is not `Sendable`, so it must not wander between threads either.
final class GeneratorThread: Sendable {
    private enum Order: Sendable {
        case generate(GenerationRequest, RunControl, CheckedContinuation<Result<FinishedWork, any Error>, Never>)
        case end
    }

    private let orders = Mutex<[Order]>([])
    private let orderCount = DispatchSemaphore(value: 0)
    private let ended = AsyncStream<Void>.makeStream()

    /// Starts the thread and makes the generator on it.
    ///
    /// - Throws: what `makeGenerator` throws; the thread has ended then.
    init(
        name: String, stackByteCount: Int, makeGenerator: @escaping @Sendable () throws -> any ImageGenerator
    ) async throws {
        try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
            let thread = Thread { [self] in
                defer { ended.continuation.finish() }
                let generator: any ImageGenerator
                do {
                    generator = try makeGenerator()
                } catch {
                    return started.resume(throwing: error)
                }
                started.resume()
                work(with: generator)
            }
            thread.name = name
            thread.stackSize = stackByteCount
            thread.start()
        }
    }

    /// Runs the generator on the thread; the result comes with the time it took there. One call at a time.
    ///
    /// If the task is cancelled the run is told to stop, and this still waits for it.
    func generate(_ request: GenerationRequest, _ control: RunControl) async -> Result<FinishedWork, any Error> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { give(.generate(request, control, $0)) }
        } onCancel: {
            control.stop(because: .shutdown)
        }
    }

    /// Ends the thread, and returns when the generator is gone.
    func end() async {
        give(.end)
        for await _ in ended.stream {}
    }

    private func give(_ order: Order) {
        orders.withLock { $0.append(order) }
        orderCount.signal()
    }

    private func nextOrder() -> Order {
        orderCount.wait()
        return orders.withLock { $0.removeFirst() }
    }

    private func work(with generator: any ImageGenerator) {
        while case .generate(let request, let control, let finished) = nextOrder() {
            finished.resume(
                returning: Result {
                    defer { control.noteReturn() }
                    let start = ContinuousClock.now
                    let outcome = try generator.generate(
                        request, onProgress: control.report, onUnfinished: previewer(control))
                    let total = ContinuousClock.now - start
                    return FinishedWork(outcome, total: total)
                })
        }
    }

    /// Looks at the images now and then; nil where nobody wants to see them.
    private func previewer(_ control: RunControl) -> ((any UnfinishedImages) throws -> Void)? {
        guard let show = control.show else { return nil }
        var pace = PreviewPace()
        return { images in
            if control.stopReason != nil { throw CancellationError() }
            if let preview = try pace.preview(of: images) { show(preview) }
        }
    }
}
