package import CoreMetrics
internal import Synchronization

/// What was measured since the start of the process, as Prometheus reads it.
package final class PrometheusRegistry: MetricsFactory {
    private let families: [String: MetricFamily]
    /// By name, then by labels as text.
    private let series = Mutex<[String: [String: MetricSeries]]>([:])

    /// - Parameter families: those whose kind, bounds and help are known; a library may report others.
    package init(_ families: [MetricFamily] = MetricFamily.all) {
        self.families = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0) })
    }

    /// Everything in Prometheus' text format 0.0.4, always in the same order.
    package var text: String {
        let families = series.withLock { $0.mapValues { $0.sorted { $0.key < $1.key }.map(\.value) } }
        return families.sorted { $0.key < $1.key }.map { PrometheusText.of($0.value) }.joined()
    }

    /// Of `text`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(label, dimensions, .counter)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        find(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(label, dimensions, .gauge)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        find(label, dimensions, aggregate ? .histogram(bounds: Self.bounds) : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(label, dimensions, .histogram(bounds: Self.bounds))
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// Of histograms that are not in the table.
    private static let bounds: [Double] = [0.001, 0.01, 0.1, 1, 10, 100, 1000]

    private func find(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind
    ) -> MetricSeries {
        let family = families[label] ?? MetricFamily(PrometheusText.name(label), kind, "Reported by a library.")
        let labels = dimensions.map { (name: PrometheusText.name($0.0), value: $0.1) }.sorted { $0.name < $1.name }
        let key = PrometheusText.labels(labels)
        return series.withLock { all in
            if let known = all[family.name]?[key] { return known }
            let new = MetricSeries(family, labels)
            all[family.name, default: [:]][key] = new
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        guard let gone = handler as? MetricSeries else { return }
        series.withLock { all in
            all[gone.family.name]?[PrometheusText.labels(gone.labels)] = nil
            if all[gone.family.name]?.isEmpty == true { all[gone.family.name] = nil }
        }
    }
}
