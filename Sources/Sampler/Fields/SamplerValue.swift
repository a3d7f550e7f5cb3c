/// A value of a sampler's field.
package enum SamplerValue: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case name(String)
    /// One per sub-stage.
    case integers([Int])
    /// None, where the field may have none.
    case none
}

/// Values of some of a sampler's fields, in the order of the fields.
package struct SamplerFields: Sendable, Equatable {
    private var values: [SamplerField: SamplerValue] = [:]

    package init() {}

    package init(_ values: KeyValuePairs<SamplerField, SamplerValue?>) {
        for (field, value) in values { self.values[field] = value }
    }

    package subscript(field: SamplerField) -> SamplerValue? {
        get { values[field] }
        set { values[field] = newValue }
    }

    package var all: [(field: SamplerField, value: SamplerValue)] {
        SamplerField.allCases.compactMap { field in values[field].map { (field, $0) } }
    }
}
