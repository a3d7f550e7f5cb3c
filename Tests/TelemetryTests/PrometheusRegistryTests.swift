import CoreMetrics
import Telemetry
import Testing

struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    @Test func `nothing was measured at the start`() {
        #expect(registry.text == "")
    }

    @Test func `a counter grows by label, and its labels are in the order of their names`() {
        withMetricsFactory(registry) {
            MetricFamily.jobs.add(2, ["outcome": "failed", "model": "a"])
            MetricFamily.jobs.add(1, ["model": "a", "outcome": "failed"])
            MetricFamily.jobs.add(0, ["model": "a", "outcome": "completed"])
        }
        #expect(
            registry.text == """
                # HELP underpaint_jobs_total Jobs that ended, by model and outcome.
                # TYPE underpaint_jobs_total counter
                underpaint_jobs_total{model="a",outcome="completed"} 0
                underpaint_jobs_total{model="a",outcome="failed"} 3

                """)
    }

    @Test func `a histogram counts what is at most each bound`() {
        withMetricsFactory(registry) {
            for images in [1, 2, 2, 65] { MetricFamily.batchSize.observe(images) }
        }
        let lines = registry.text.split(separator: "\n").dropFirst(2)
        #expect(
            lines.map(String.init) == [
                #"underpaint_job_images_bucket{le="1"} 1"#, #"underpaint_job_images_bucket{le="2"} 3"#,
                #"underpaint_job_images_bucket{le="4"} 3"#, #"underpaint_job_images_bucket{le="8"} 3"#,
                #"underpaint_job_images_bucket{le="16"} 3"#, #"underpaint_job_images_bucket{le="32"} 3"#,
                #"underpaint_job_images_bucket{le="64"} 3"#, #"underpaint_job_images_bucket{le="+Inf"} 4"#,
                "underpaint_job_images_sum 70", "underpaint_job_images_count 4",
            ])
    }

    @Test func `times are in seconds`() {
        withMetricsFactory(registry) { MetricFamily.queueTime.observe(.milliseconds(1250), ["model": "a"]) }
        #expect(registry.text.contains("underpaint_job_queue_seconds_sum{model=\"a\"} 1.25\n"))
        #expect(registry.text.contains("underpaint_job_queue_seconds_bucket{model=\"a\",le=\"1\"} 0\n"))
        #expect(registry.text.contains("underpaint_job_queue_seconds_bucket{model=\"a\",le=\"2.5\"} 1\n"))
    }

    @Test func `a gauge that nobody knows goes away`() {
        withMetricsFactory(registry) {
            MetricFamily.queuedSeconds.set(0.5)
            #expect(registry.text.hasSuffix("\nunderpaint_queue_work_seconds 0.5\n"))
            MetricFamily.queuedSeconds.set(nil)
        }
        #expect(registry.text == "")
    }

    @Test func `a label's value cannot end its quotation marks or its line`() {
        withMetricsFactory(registry) { MetricFamily.build.set(1, ["version": "a\"} 2\n\\"]) }
        #expect(registry.text.hasSuffix(#"{version="a\"} 2\n\\"} 1"# + "\n"))
    }

    @Test func `what a library reports has a name that Prometheus can read`() {
        withMetricsFactory(registry) { Counter(label: "pool.size-2", dimensions: [("a b", "c")]).increment() }
        #expect(registry.text.contains("# TYPE pool_size_2 counter\npool_size_2{a_b=\"c\"} 1\n"))
    }

    @Test func `the same reports from many threads are all counted`() async {
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    withMetricsFactory(registry) { for _ in 0..<500 { MetricFamily.batchSize.observe(3) } }
                }
            }
        }
        #expect(registry.text.contains("underpaint_job_images_count 4000\n"))
    }

    @Test func `every metric has a name of its own and ends its sentence`() {
        #expect(Set(MetricFamily.all.map(\.name)).count == MetricFamily.all.count)
        for family in MetricFamily.all { #expect(family.help.hasSuffix(".")) }
    }
}
