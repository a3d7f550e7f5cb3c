import CoreMetrics
import ExampleModels
import HTTPServer
import JobQueue
import Telemetry
import Testing

@testable import GenerationAPI

struct MetricsTests {
    private let registry = PrometheusRegistry()

    private func scrape(_ queue: JobQueue) async -> String {
        let service = MetricsService(queue: queue, contentType: "text/plain", logger: .silent) { [registry] in
            registry.text
        }
        let router = Router(service.endpoints, logger: .silent)
        let response = await Authentication(router, keys: nil, guests: [.read]).respond(
            to: Request(method: "GET", path: "/metrics"))
        #expect(response.status == 200)
        return String(decoding: response.body.bytes ?? [], as: UTF8.self)
    }

    @Test func `the queue is measured when it is asked for`() async throws {
        let api = APIHarness()
        _ = try await api.submitJob()
        await withMetricsFactory(registry) {
            let text = await scrape(api.queue)
            #expect(text.contains("\nunderpaint_store_up 1\n") && text.contains("\nunderpaint_queue_jobs 1\n"))
            #expect(text.contains("\nunderpaint_queue_work_gflop 5\n"))
            // No job was measured, so nobody knows how long it takes.
            #expect(!text.contains("underpaint_queue_work_seconds"))
        }
    }

    @Test func `a store that is away leaves no old numbers, and all other metrics`() async throws {
        let api = APIHarness()
        await withMetricsFactory(registry) {
            MetricFamily.build.set(1, ["version": "1"])
            _ = await scrape(api.queue)
            let text = await scrape(JobQueue(BrokenStore()))
            #expect(text.contains("\nunderpaint_store_up 0\n") && !text.contains("underpaint_queue_jobs"))
            #expect(text.contains("underpaint_build_info{version=\"1\"} 1\n"))
        }
    }

    @Test func `a job is counted once, with its outcome, its times and its images`() async throws {
        let api = APIHarness()
        try await withMetricsFactory(registry) {
            _ = try await api.submitJob(#"{"class": "sneaker", "count": 2}"#)
            try await api.completeNext(total: .milliseconds(100))
            let id = try await api.submitJob()
            for _ in 0..<2 { _ = await api.send("POST", "/v1/generations/\(id)/cancel") }
        }
        let text = registry.text
        #expect(text.contains("underpaint_jobs_total{model=\"fashion\",outcome=\"completed\"} 1\n"))
        #expect(text.contains("underpaint_jobs_total{model=\"fashion\",outcome=\"cancelled\"} 1\n"))
        #expect(text.contains("underpaint_job_images_sum{model=\"fashion\"} 2\n"))
        #expect(text.contains("underpaint_job_run_seconds_sum{model=\"fashion\"} 0.1\n"))
        #expect(text.contains("underpaint_job_stage_seconds_sum{model=\"fashion\",stage=\"structure\"} 0.04\n"))
        #expect(!text.lowercased().contains("sneaker") && !text.contains("gen_"))
    }
}
