import pytest
import yaml

from deployment import FOREIGN, check_configuration, documents, kustomize, named, pod, read, validate

OVERLAYS = ["base", "overlays/small", "overlays/production"]


@pytest.fixture(params=OVERLAYS)
def resources(request):
    return kustomize(request.param)


# The newest that the validator knows, and the oldest that the chart admits.
@pytest.mark.parametrize("version", [None, "1.29"])
def test_every_resource_is_valid(resources, version, tmp_path):
    validate(resources, tmp_path, version)


def test_each_file_of_the_base_is_valid_by_itself(tmp_path):
    for name in yaml.safe_load(read("deploy/kubernetes/base/kustomization.yaml"))["resources"]:
        validate(documents(read(f"deploy/kubernetes/base/{name}")), tmp_path)


def workloads(resources):
    return [resource for resource in resources if resource["kind"] in ("Deployment", "Job")]


def test_no_pod_can_do_more_than_its_work(resources):
    for workload in workloads(resources):
        spec = pod(workload)
        assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == 10001
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False and spec["enableServiceLinks"] is False
        for container in spec["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] and security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"]
            volumes = {volume["name"] for volume in spec["volumes"]}
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes


def test_probes_ask_a_port_of_their_own_and_only_readiness_may_ask_the_database(resources):
    for workload in workloads(resources):
        if workload["kind"] != "Deployment":
            continue
        container = pod(workload)["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["admin"] == 8081
        for probe in ("startupProbe", "livenessProbe"):
            assert container[probe]["httpGet"] == {"path": "/healthz", "port": "admin"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "admin"}


def test_kubernetes_waits_longer_than_the_drain(resources, tmp_path):
    maps = [resource for resource in resources if resource["kind"] == "ConfigMap"]
    assert len(maps) == 1
    settings = check_configuration(maps[0]["data"]["underpaint.yaml"], tmp_path)
    drain = settings["drain_limit_s"]
    assert settings["admin"]["port"] == 8081
    api, worker = (pod(named(resources, "Deployment", f"underpaint-{it}")) for it in ("api", "worker"))
    pause = int(api["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert api["terminationGracePeriodSeconds"] > drain + pause + 2
    assert worker["terminationGracePeriodSeconds"] > 2 * drain
    for spec in (api, worker):
        config = next(volume for volume in spec["volumes"] if volume["name"] == "config")
        assert config["configMap"]["name"] == maps[0]["metadata"]["name"]


def test_what_selects_pods_finds_some(resources):
    labels = [it["spec"]["template"]["metadata"]["labels"] for it in workloads(resources)]

    def finds(selector):
        wanted = selector.get("matchLabels", {}).items()
        return any(wanted <= found.items() for found in labels)

    for resource in resources:
        spec = resource.get("spec", {})
        match resource["kind"]:
            case "Service":
                assert finds({"matchLabels": spec["selector"]})
            case "PodDisruptionBudget" | "Deployment" | "PodMonitor":
                assert finds(spec["selector"])
            case "NetworkPolicy":
                assert finds(spec["podSelector"])


def test_the_network_is_closed_but_for_what_is_named(resources):
    policy = named(resources, "NetworkPolicy", "underpaint")
    assert sorted(policy["spec"]["policyTypes"]) == ["Egress", "Ingress"]
    assert {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]} == {53, 5432}
    api = named(resources, "NetworkPolicy", "underpaint-api")
    assert [port["port"] for rule in api["spec"]["ingress"] for port in rule["ports"]] == ["http"]


def test_production_scales_workers_on_the_view_and_nothing_else_says_how_many():
    resources = kustomize("overlays/production")
    assert "replicas" not in named(resources, "Deployment", "underpaint-worker")["spec"]
    scaler = named(resources, "ScaledObject", "underpaint-worker")["spec"]
    assert scaler["scaleTargetRef"]["name"] == "underpaint-worker"
    trigger = scaler["triggers"][0]
    assert trigger["type"] == "postgresql" and trigger["metadata"]["query"].endswith("from underpaint_autoscale")
    named(resources, "TriggerAuthentication", trigger["authenticationRef"]["name"])
    assert {it["kind"] for it in resources if it["apiVersion"] in FOREIGN} == {
        "ScaledObject", "TriggerAuthentication", "PodMonitor", "PrometheusRule"
    }


def test_the_base_needs_no_operator():
    assert not [it["kind"] for it in kustomize("base") if it["apiVersion"] in FOREIGN]
