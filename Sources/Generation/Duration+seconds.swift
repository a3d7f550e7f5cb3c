extension Duration {
    /// This duration in seconds, as `Date` arithmetic wants it.
    package var seconds: Double {
        self / .seconds(1)
    }
}
