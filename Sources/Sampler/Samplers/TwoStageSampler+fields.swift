extension TwoStageSampler {
    package static var knownFields: [SamplerField] { SamplerField.allCases }

    package var fields: SamplerFields {
        SamplerFields([
            .order: .name(SubStageOrder(order).rawValue),
            .firstColor: color.map { .name($0.rawValue) },
            .steps: .integers(steps),
            .maskSchedule: maskSchedule.map { .name($0.rawValue) },
            .mostDiffusionSteps: .integer(diffusionSteps.max),
            .fewestDiffusionSteps: .integer(diffusionSteps.min),
            .reconstructionDiffusionSteps: .integer(reconstruction),
            .detailDiffusionSteps: detail.map { .integer($0.diffusionSteps) },
            .detailFraction: detail.map { .number($0.fraction) },
            .fts: .flag(detail != nil),
            .selection: detail.map { .name($0.selection.rawValue) },
        ])
    }

    package mutating func take(_ given: SamplerFields) -> [SamplerFault] {
        var faults: [SamplerFault] = []
        takeOrder(given, &faults)
        switch given[.steps] {
        case .integers(let counts): steps = counts
        case .integer:
            faults.append(SamplerFault(.steps, "must be an array with one entry per sub-stage, such as [12, 3, 1]"))
        default: break
        }
        if given[.maskSchedule] == SamplerValue.none { maskSchedule = nil }
        maskSchedule = given.name(.maskSchedule, &faults) ?? maskSchedule
        diffusionSteps.take(given)
        reconstruction = given.integer(.reconstructionDiffusionSteps) ?? reconstruction
        takeDetail(given, &faults)
        return faults
    }

    private var color: CheckerboardColor? {
        if case .checkerboard(let first) = order { first } else { nil }
    }

    private mutating func takeOrder(_ given: SamplerFields, _ faults: inout [SamplerFault]) {
        if let name: SubStageOrder = given.name(.order, &faults) { order = name.order(first: color ?? .even) }
        guard given[.firstColor] != nil else { return }
        if color == nil {
            faults.append(SamplerFault(.firstColor, "means nothing to the order \(SubStageOrder(order).rawValue)"))
        } else if let color: CheckerboardColor = given.name(.firstColor, &faults) {
            order = .checkerboard(first: color)
        }
    }

    private mutating func takeDetail(_ given: SamplerFields, _ faults: inout [SamplerFault]) {
        let numbers: [SamplerField] = [.detailDiffusionSteps, .detailFraction, .selection]
        if given.flag(.fts) == false {
            detail = nil
            for field in numbers where given[field] != nil {
                faults.append(
                    SamplerFault(field, "means nothing where fts is false: no token gets the steps for detail"))
            }
            return
        }
        var changed = detail ?? .published
        changed.diffusionSteps = given.integer(.detailDiffusionSteps) ?? changed.diffusionSteps
        changed.fraction = given.number(.detailFraction) ?? changed.fraction
        changed.selection = given.name(.selection, &faults) ?? changed.selection
        if detail != nil || given.flag(.fts) == true || numbers.contains(where: { given[$0] != nil }) {
            detail = changed
        }
    }
}
