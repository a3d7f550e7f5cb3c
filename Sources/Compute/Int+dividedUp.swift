extension Int {
    /// The least whole number that is not below the quotient.
    func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
