"""Dockerfile, compose, systemd, Prometheus and Grafana, each judged by its own tool."""

import json
import re

import pytest
import yaml

from deployment import DEPLOY, ROOT, need, read, run

# The default, which deploy/compose.yaml keeps.
DRAIN_LIMIT = int(re.search(r"^drain_limit_s: (\d+)$", read("config/underpaint.yaml"), re.M)[1])
COMPOSE = yaml.safe_load(read("deploy/compose.yaml"))


def test_the_dockerfile_is_sound():
    run("hadolint", ROOT / "Dockerfile")


def test_the_image_says_the_version_of_the_program():
    version = re.search(r'static let version = "([^"]+)"', read("Sources/underpaint/Underpaint.swift"))[1]
    assert f"ARG VERSION={version}\n" in read("Dockerfile")
    chart = yaml.safe_load(read("deploy/helm/underpaint/Chart.yaml"))
    assert str(chart["version"]) == version and str(chart["appVersion"]) == version
    base = yaml.safe_load(read("deploy/kubernetes/base/kustomization.yaml"))
    assert base["images"] == [{"name": "underpaint", "newTag": version}]


def test_compose_has_the_shape_that_its_schema_asks_for():
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_compose_publishes_to_this_machine_only():
    ports = {name: service.get("ports", []) for name, service in COMPOSE["services"].items()}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)
    for name, service in COMPOSE["services"].items():
        if service.get("environment", {}).get("UNDERPAINT_HTTP_OPEN") == "true":
            assert ports[name], "http.open without a port that is bound to the loopback address"
    assert COMPOSE["networks"]["database"] == {"internal": True}
    assert COMPOSE["services"]["postgres"]["networks"] == ["database"]


def test_compose_confines_the_service_and_waits_for_it():
    for name in ("api", "worker", "migrate"):
        service = COMPOSE["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"] and service["pids_limit"]
        assert service["logging"]["options"]["max-size"]
        assert service["image"] == "underpaint"
    for name in ("api", "worker"):
        service = COMPOSE["services"][name]
        assert int(service["stop_grace_period"].removesuffix("s")) > DRAIN_LIMIT + 2
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert "healthcheck" not in service, "the image's own knows the port"
    assert COMPOSE["services"]["worker"]["deploy"]["replicas"] == 2


def test_compose_mounts_what_is_there():
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", ["underpaint", "underpaint-worker"])
def test_the_unit_is_sound_and_hardened(name, tmp_path):
    need("systemd-analyze")
    unit = read(f"deploy/systemd/{name}.service")
    limit = int(re.search(r"^TimeoutStopSec=(\d+)s$", unit, re.M)[1])
    assert limit > yaml.safe_load(read("config/production.yaml"))["drain_limit_s"]
    file = tmp_path / f"{name}.service"
    # The program is not installed on the machine of the test.
    file.write_text(unit.replace("/usr/bin/underpaint ", "/bin/true "), encoding="utf-8")
    said = run("systemd-analyze", "verify", "--man=no", file)
    assert not said.strip(), said
    exposure = run("systemd-analyze", "security", "--offline=true", file)
    level = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", exposure)[1])
    assert level <= 1.5, exposure


def test_the_alerts_fire_when_they_should_and_only_then():
    need("promtool")
    run("promtool", "check", "rules", DEPLOY / "prometheus/alerts.yaml")
    run("promtool", "check", "config", DEPLOY / "prometheus/prometheus.yaml")
    run("promtool", "test", "rules", DEPLOY / "prometheus/alerts.test.yaml")
    alerts = yaml.safe_load(read("deploy/prometheus/alerts.yaml"))
    names = {rule["alert"] for group in alerts["groups"] for rule in group["rules"]}
    tests = yaml.safe_load(read("deploy/prometheus/alerts.test.yaml"))["tests"]
    firing = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert names == firing


def test_the_operators_rules_are_the_same():
    rule = yaml.safe_load(read("deploy/kubernetes/monitoring/prometheus-rule.yaml"))
    assert rule["spec"] == yaml.safe_load(read("deploy/prometheus/alerts.yaml"))


def dashboard_expressions():
    dashboard = json.loads(read("deploy/grafana/dashboards/underpaint.json"))
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_prometheus_can_read_the_dashboards_expressions(tmp_path):
    need("promtool")
    expressions = [it.replace("$__rate_interval", "5m").replace("$namespace", "x") for it in dashboard_expressions()]
    assert len(expressions) > 10
    rules = [{"record": f"panel:{number}", "expr": it} for number, it in enumerate(expressions)]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    run("promtool", "check", "rules", file)


def test_every_metric_that_is_asked_for_exists():
    table = read("Sources/Telemetry/MetricFamily+all.swift")
    known = set(re.findall(r'"((?:underpaint|http_server)_[a-z_]+)"', table))
    assert len(known) >= 20
    for file in ("deploy/prometheus/alerts.yaml", "deploy/grafana/dashboards/underpaint.json"):
        for name in re.findall(r"\b(?:underpaint|http_server)_[a-z_]+", read(file)):
            assert name in known or re.sub("_(bucket|sum|count)$", "", name) in known, f"{file}: {name}"


def test_the_dashboards_panels_do_not_overlap():
    panels = json.loads(read("deploy/grafana/dashboards/underpaint.json"))["panels"]
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)
