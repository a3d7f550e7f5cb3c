import Checkpoint
import MARModel
import Sampler

/// The tensors and settings of a trace, checked against what is asked of them: a trace is a file like any other.
struct TraceFile {
    private let file: SafetensorsFile

    init(_ file: SafetensorsFile) { self.file = file }

    func holds(_ name: String) -> Bool { file.tensorNames.contains(name) }

    // MARK: Tensors

    /// - Parameter shape: expected; nil: any size.
    /// - Returns: the sizes found.
    func shape(_ name: String, _ shape: [Int?]) throws -> [Int] {
        let found = try file.shape(of: name)
        guard found.count == shape.count, zip(found, shape).allSatisfy({ $0 >= 1 && $0 == $1 ?? $0 }) else {
            let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw TraceError.wrongShape(tensor: name, found: found, expected: "[\(expected)]")
        }
        return found
    }

    func floats(_ name: String, _ shape: [Int?]) throws -> [Float] {
        _ = try self.shape(name, shape)
        return try file.floats(name)
    }

    /// - Parameter range: that each value must be in.
    func integers(_ name: String, _ shape: [Int?], in range: Range<Int>) throws -> [Int] {
        _ = try self.shape(name, shape)
        let values = try file.integers(name)
        if let value = values.first(where: { !range.contains($0) }) {
            throw TraceError.badValue(
                tensor: name, reason: "holds \(value), expected \(range.lowerBound)...\(range.upperBound - 1)")
        }
        return values
    }

    // MARK: Settings

    func number(_ key: String, default standard: Double? = nil) throws -> Double {
        guard let text = file.metadata[key] else {
            if let standard { return standard }
            throw TraceError.badSetting(key: key, value: "", expected: "a number")
        }
        guard let value = Double(text), value.isFinite else {
            throw TraceError.badSetting(key: key, value: text, expected: "a number")
        }
        return value
    }

    /// Whole numbers between commas.
    func integers(setting key: String) throws -> [Int] {
        let text = file.metadata[key] ?? ""
        let numbers = text.split(separator: ",").map { Int($0.filter { !$0.isWhitespace }) }
        let known = numbers.compactMap(\.self)
        guard !known.isEmpty, known.count == numbers.count else {
            throw TraceError.badSetting(key: key, value: text, expected: "whole numbers between commas")
        }
        return known
    }

    func integer(setting key: String) throws -> Int {
        let numbers = try integers(setting: key)
        guard numbers.count == 1 else {
            throw TraceError.badSetting(key: key, value: file.metadata[key] ?? "", expected: "a whole number")
        }
        return numbers[0]
    }

    /// nil where the trace was made without one.
    var timestepClip: Int? {
        get throws {
            guard let text = file.metadata["timestep_clip"], !["", "none", "None"].contains(text) else { return nil }
            return try integer(setting: "timestep_clip")
        }
    }

    var guidanceSchedule: GuidanceSchedule {
        get throws { try name(setting: "cfg_schedule") ?? .linear }
    }

    /// In the sub-stages of the two-stage sampler.
    var maskSchedule: MaskSchedule? {
        get throws { try name(setting: "gtr.mask_schedule") }
    }

    /// nil where the trace does not say.
    private func name<Value: CaseIterable & RawRepresentable<String>>(setting key: String) throws -> Value? {
        guard let text = file.metadata[key] else { return nil }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: " or ")
            throw TraceError.badSetting(key: key, value: text, expected: known)
        }
        return value
    }
}
