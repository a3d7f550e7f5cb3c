/// Every metric there is. A new one is a row here, and a line where it is measured.
extension MetricFamily {
    package static let all = [
        requests, queuedJobs, queuedWork, queuedSeconds, runningJobs, runningWork, runningSeconds, workerSpeed,
        storeIsUp, jobs, queueTime, runTime, stageTime, batchSize, modelLoads, modelLoadTime, build, compute, workers,
        workerThreads,
    ]

    // MARK: HTTP

    /// Name, labels and bounds are those of OpenTelemetry's semantic conventions.
    package static let requests = MetricFamily(
        "http_server_request_duration_seconds",
        .histogram(bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]),
        "Time from a whole request to the end of its reply, by the endpoint's path template.")

    // MARK: Queue, as it is when it is asked for

    package static let queuedJobs = MetricFamily("underpaint_queue_jobs", .gauge, "Jobs that wait for a worker.")
    package static let queuedWork = MetricFamily(
        "underpaint_queue_work_gflop", .gauge, "Work of the jobs that wait, in GFLOP.")
    package static let queuedSeconds = MetricFamily(
        "underpaint_queue_work_seconds", .gauge,
        "Estimated time of one worker for the jobs that wait; absent before the first job was measured.")
    package static let runningJobs = MetricFamily("underpaint_running_jobs", .gauge, "Jobs that workers run.")
    package static let runningWork = MetricFamily(
        "underpaint_running_work_gflop", .gauge, "Work that is left of the running jobs, in GFLOP.")
    package static let runningSeconds = MetricFamily(
        "underpaint_running_work_seconds", .gauge,
        "Estimated time of one worker for what is left of the running jobs; absent before the first job was measured.")
    package static let workerSpeed = MetricFamily(
        "underpaint_worker_speed_gflops", .gauge,
        "GFLOP per second of one worker over the last jobs, with the threads that it had; absent before the first.")
    package static let storeIsUp = MetricFamily(
        "underpaint_store_up", .gauge, "1 if the store of jobs answered this scrape, else 0.")

    // MARK: Jobs, when they end

    package static let jobs = MetricFamily(
        "underpaint_jobs_total", .counter, "Jobs that ended, by model and outcome.")
    package static let queueTime = MetricFamily(
        "underpaint_job_queue_seconds", .histogram(bounds: times), "Time from submission to the job's last start.")
    package static let runTime = MetricFamily(
        "underpaint_job_run_seconds", .histogram(bounds: times),
        "Time of completed jobs from the start of the generation to its end.")
    package static let stageTime = MetricFamily(
        "underpaint_job_stage_seconds", .histogram(bounds: times), "Time of completed jobs in each stage.")
    package static let batchSize = MetricFamily(
        "underpaint_job_images", .histogram(bounds: [1, 2, 4, 8, 16, 32, 64]),
        "Images of completed jobs, which are generated as one batch.")

    // MARK: Service

    package static let modelLoads = MetricFamily(
        "underpaint_model_loads_total", .counter, "Models read into memory, by outcome.")
    package static let modelLoadTime = MetricFamily(
        "underpaint_model_load_seconds", .histogram(bounds: times), "Time to read a model into memory.")
    package static let build = MetricFamily(
        "underpaint_build_info", .gauge, "1, labelled with the version and the revision of the sources.")
    package static let compute = MetricFamily(
        "underpaint_compute_info", .gauge, "1, labelled with the engine that computes and its precision.")
    package static let workers = MetricFamily("underpaint_workers", .gauge, "Jobs that can run at the same time.")
    package static let workerThreads = MetricFamily("underpaint_worker_threads", .gauge, "Most threads of one worker.")

    /// Seconds: from an image of the smallest model to a batch of the largest.
    private static let times: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250]
}
