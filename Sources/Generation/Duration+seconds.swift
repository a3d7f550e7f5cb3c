extension Duration {
    /// This duration in seconds, as `Date` arithmetic wants it.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
