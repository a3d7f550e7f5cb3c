/// Hears news for one waiter, which asks for it in its own time. It ends when it is let go.
package final class NewsSubscription: Sendable {
    private let bell: Bell
    private let onEnd: @Sendable () -> Void

    package init(_ bell: Bell, onEnd: @escaping @Sendable () -> Void) {
        self.bell = bell
        self.onEnd = onEnd
    }

    deinit { onEnd() }

    /// Returns when there was news since the last time, after `limit`, or at once when the task is cancelled. It may
    /// return for no reason.
    package func wait(upTo limit: Duration) async {
        await bell.wait(upTo: limit)
    }
}
