package import JSON
import Sampler

extension GenerationSubmission {
    /// Fills in from the model what was not said, and checks what was.
    ///
    /// - Parameter models: what may be asked for; the first is the default.
    /// - Throws: all that is wrong, not only the first.
    package func resolve(
        models: [ServedModel], limits: APILimits
    ) throws(FieldErrors) -> GenerationRequest {
        var errors = FieldErrors()
        let model = resolveModel(models, &errors)
        let modelClass = resolveClass(of: model, &errors)
        let count = errors.checked(self.count ?? 1, in: 1...limits.maximumCount, at: "/count")
        let seed = resolveSeed(count: min(max(1, count), limits.maximumCount), &errors)
        let guidance = errors.checked(
            self.guidance ?? model?.defaults.guidance ?? 1, in: APILimits.guidance, at: "/guidance")
        let schedule = resolveGuidanceSchedule(of: model, &errors)
        let temperature = errors.checked(
            self.temperature ?? model?.defaults.temperature ?? 1, in: APILimits.temperature, at: "/temperature")
        let sampler = model.flatMap { self.sampler.resolve(for: $0, &errors) }
        let priority = errors.checked(self.priority ?? 0, in: APILimits.priorities, at: "/priority")
        let deadline = deadlineMilliseconds.map {
            errors.checked($0, in: APILimits.deadlineMilliseconds, at: "/deadline_ms")
        }
        guard errors.isEmpty, let model, let modelClass, let schedule, let sampler else { throw errors }
        return GenerationRequest(
            model: model.name, classID: modelClass.id, className: modelClass.name, count: count, seed: seed,
            guidance: guidance, guidanceSchedule: schedule, temperature: temperature, sampler: sampler,
            metadata: metadata ?? true, priority: priority, deadline: deadline.map { .milliseconds($0) },
            previews: previews ?? false)
    }

    private func resolveModel(_ models: [ServedModel], _ errors: inout FieldErrors) -> ServedModel? {
        guard let name = model else {
            if models.isEmpty { errors.append("/model", "no model is served") }
            return models.first
        }
        if let served = models.first(where: { $0.name == name }) { return served }
        errors.append(
            "/model",
            "unknown model \"\(name.prefix(100))\"" + NearestNames.hint(for: name, among: models.map(\.name)))
        return nil
    }

    private func resolveClass(of model: ServedModel?, _ errors: inout FieldErrors) -> ModelClass? {
        guard let classReference else {
            errors.append("/class", "is required: a class's name or number", kind: .missing)
            return nil
        }
        guard let model else { return nil }
        do {
            return try model.classIndex.find(classReference)
        } catch {
            errors.append("/class", error.description)
            return nil
        }
    }

    /// A seed such that the seeds of all images can be written in JSON.
    private func resolveSeed(count: Int, _ errors: inout FieldErrors) -> UInt64 {
        let range = APILimits.seeds.lowerBound...(APILimits.seeds.upperBound - (count - 1))
        guard let seed else { return UInt64(Int.random(in: range)) }
        return UInt64(clamping: errors.checked(seed, in: range, at: "/seed"))
    }

    private func resolveGuidanceSchedule(
        of model: ServedModel?, _ errors: inout FieldErrors
    ) -> GuidanceSchedule? {
        guard let name = guidanceSchedule else { return model?.defaults.guidanceSchedule }
        return errors.checked(name, at: "/guidance_schedule")
    }
}
