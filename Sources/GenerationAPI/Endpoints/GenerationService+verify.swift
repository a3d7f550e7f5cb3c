import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Reproduction

extension GenerationService {
    var verifyEndpoints: [Endpoint] {
        [Endpoint(.post, .verify, needs: .generate) { request, _ in try await verify(request) }]
    }

    /// Path of the requests whose body is an image.
    package static let verificationPath = PathTemplate.verify.description

    /// Largest file that is read as an image: one of a model here that cannot be compressed, and texts.
    package var imageByteLimit: Int {
        (models.map { $0.imageWidth * $0.imageHeight * $0.channels }.max() ?? 0) + Self.textByteLimit
    }

    /// Settings are some hundred bytes. Filters and framing take some too.
    private static let textByteLimit = 64 * 1024

    /// `POST /v1/images/verify`: makes the image of the body again, by a job as any other, and compares.
    private func verify(_ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        try MediaType.png.require(of: request)
        let earlier = try Self.job(namedBy: request)
        do {
            let (image, wanted) = try read(request.body)
            if let other = weights(of: wanted).flatMap(image.verification(withWeights:)) {
                return .json(other.document(of: image, wanted, job: nil), headers: [.cacheControl: "no-store"])
            }
            let job = try await job(for: wanted, earlier, request)
            return try await answer(image, wanted, job, request, isShared: earlier != nil)
        } catch let problem as Problem {
            logRefusal(problem, of: request)
            throw problem
        }
    }

    private func answer(
        _ image: SignedImage, _ wanted: GenerationRequest, _ id: JobID, _ request: Request, isShared: Bool
    ) async throws -> Response {
        let preference = WaitPreference(request, limit: limits.maximumWait)
        let seen = try await waitForEnd(
            of: id, preference, isShared: isShared || request.headers.contains(.idempotencyKey))
        var response: Response
        if seen.job.state.isFinished {
            try requireCompleted(seen)
            let made = try require(await queue.image(id, 0), "image 0 of generation \(id)")
            response = .json(try image.verification(against: made.png).document(of: image, wanted, job: id))
        } else {
            let again = "\(PathTemplate.verify)?job=\(id)"
            response = .json(
                .record(["job": JobDocument(snapshot: seen).json, "again": .string(again)]), status: 202,
                headers: [.retryAfter: RetryAfter.text(seen.estimatedTime)])
        }
        response.headers[.location] = PathTemplate.generation.path(id)
        response.headers[.cacheControl] = "no-store"
        response.headers[.preferenceApplied] = preference?.applied
        return response
    }

    /// - Throws: `Problem` of kind `damagedImage` or `foreignImage`.
    private func read(_ body: [UInt8]) throws(Problem) -> (image: SignedImage, request: GenerationRequest) {
        do {
            let image = try SignedImage(body, models: models)
            return (image, try image.request(models: models, limits: limits))
        } catch {
            throw Problem(error)
        }
    }

    /// The job that makes the image again.
    ///
    /// - Parameter earlier: one that was made for it before; nil: a new one.
    private func job(for wanted: GenerationRequest, _ earlier: JobID?, _ request: Request) async throws -> JobID {
        guard let earlier else {
            try requireReady()
            return try await enqueue(wanted, from: request).snapshot.job.id
        }
        try await requireVisible(earlier, to: request)
        let found = try require(await queue.job(earlier), "generation \(earlier)").job.request
        guard found.imageSettingsJSON == wanted.imageSettingsJSON, found.metadata else {
            throw Problem(.foreignImage, "generation \(earlier) is not of the settings in this image")
        }
        return earlier
    }

    private func weights(of request: GenerationRequest) -> String? {
        models.first { $0.name == request.model }?.weightsSHA256
    }

    /// - Throws: `Problem` of kind `invalidRequest`.
    private static func job(namedBy request: Request) throws(Problem) -> JobID? {
        var errors = FieldErrors()
        var id: JobID?
        for (_, value) in request.query {
            if id != nil {
                errors.append("/job", "is given twice")
            } else {
                id = JobID(value)
                if id == nil { errors.append("/job", "must be the id of a job, not \"\(value.prefix(100))\"") }
            }
        }
        if !errors.isEmpty { throw Problem(errors) }
        return id
    }
}

extension Problem {
    /// A reply says so much of what is in a file at most.
    private static let textLimit = 500

    fileprivate init(_ error: SignedImageError) {
        let kind: ProblemKind =
            switch error {
            case .damaged: .damagedImage
            case .foreign: .foreignImage
            }
        self.init(kind, String(error.description.prefix(Self.textLimit)))
    }
}

extension PathTemplate {
    static let verify: Self = "/v1/images/verify"
}
