/// A colour of the checkerboard: the tokens whose i + j is even, or odd.
package enum CheckerboardColor: String, Sendable, Codable, CaseIterable {
    case even
    case odd
}
