import copy

import pytest
import yaml

from deployment import DEPLOY, check_configuration, documents, kustomize, named, validate

helm = pytest.importorskip("helm_python", reason="NOT RUN: there is no Helm SDK for this machine")
CHART = DEPLOY / "helm/underpaint"
EVERYTHING = {"autoscaling": {"enabled": True}, "monitoring": {"enabled": True}, "imagePullSecrets": [{"name": "registry"}]}


def render(values=None, name="underpaint"):
    files = helm.Chart.load(CHART).render(values, name=name, namespace="images", is_install=True)
    return [it for path, text in sorted(files.items()) if path.endswith(".yaml") for it in documents(text)]


@pytest.mark.parametrize("values", [None, EVERYTHING], ids=["defaults", "everything"])
def test_helm_finds_nothing_wrong(values):
    report = helm.lint(CHART, values, strict=True)
    assert report["total_charts_linted"] == 1
    # An icon is for shops.
    messages = [it for it in report["messages"] if "icon is recommended" not in str(it)]
    assert not messages and not report["errors"], report


@pytest.mark.parametrize("values", [None, EVERYTHING], ids=["defaults", "everything"])
def test_every_resource_is_valid(values, tmp_path):
    validate(render(values), tmp_path)


def test_the_configuration_is_sound(tmp_path):
    check_configuration(named(render(), "ConfigMap", "underpaint-config")["data"]["underpaint.yaml"], tmp_path)


def test_a_value_that_the_chart_does_not_know_is_refused():
    for values in ({"workers": 3}, {"worker": {"replica": 3}}, {"database": {"secret": ""}}):
        with pytest.raises(helm.HelmValuesError):
            helm.Chart.load(CHART).validate_schema(helm.Chart.load(CHART).merge_values(values))


def test_two_releases_share_no_resource():
    def names(name):
        return {(it["kind"], it["metadata"]["name"]) for it in render(EVERYTHING, name)}

    assert not names("one") & names("two")


def without_release(value):
    """The same without what only a release has."""
    if isinstance(value, dict):
        return {key: without_release(it) for key, it in value.items() if key != "app.kubernetes.io/instance"}
    return [without_release(it) for it in value] if isinstance(value, list) else value


def comparable(resource):
    resource = without_release(copy.deepcopy(resource))
    resource["metadata"].pop("annotations", None)
    template = resource.get("spec", {}).get("template")
    if template:
        template["metadata"].pop("annotations", None)
        for volume in template["spec"]["volumes"]:
            if "configMap" in volume:
                volume["configMap"]["name"] = "underpaint-config"
        for container in template["spec"]["containers"]:
            container.pop("imagePullPolicy", None)
    if resource["kind"] == "ConfigMap":
        resource["data"] = {name: yaml.safe_load(text) for name, text in resource["data"].items()}
        resource["metadata"] = {"name": "underpaint-config"}
    if resource["kind"] == "Job":
        # The chart's is a hook, and comes before configuration and account.
        spec = resource["spec"]
        spec.pop("ttlSecondsAfterFinished", None)
        spec["template"]["spec"].pop("serviceAccountName", None)
        spec["template"]["spec"]["volumes"] = [it for it in spec["template"]["spec"]["volumes"] if it["name"] != "config"]
        for container in spec["template"]["spec"]["containers"]:
            container["volumeMounts"] = [it for it in container["volumeMounts"] if it["name"] != "config"]
    return resource


def table(resources):
    return {(it["kind"], it["metadata"]["name"]): it for it in map(comparable, resources)}


@pytest.mark.parametrize("parts", [["base"], ["base", "autoscaling", "monitoring"]], ids=["base", "everything"])
def test_chart_and_kustomize_say_the_same(parts):
    values = None
    if len(parts) > 1:
        values = {"autoscaling": {"enabled": True}, "monitoring": {"enabled": True}}
    chart = table(render(values))
    theirs = table([it for part in parts for it in kustomize(part)])
    if len(parts) > 1:
        theirs[("Deployment", "underpaint-worker")]["spec"].pop("replicas")
    assert chart.keys() == theirs.keys()
    for key, resource in chart.items():
        assert resource == theirs[key], key
