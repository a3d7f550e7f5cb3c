"""Where the files are, and how the tools that judge them are run."""

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BINARY = os.environ.get("UNDERPAINT", str(ROOT / ".build/debug/underpaint"))
# Resources of operators, whose schemas are not Kubernetes' own.
FOREIGN = {"keda.sh/v1alpha1", "monitoring.coreos.com/v1"}


def run(*command, **options):
    """The output of a tool; the test fails with what it said if it is not content."""
    options.setdefault("timeout", 60)
    # A tool of the virtual environment stands beside its Python.
    tool = Path(sys.executable).parent / command[0]
    words = [str(tool) if tool.exists() else command[0], *map(str, command[1:])]
    result = subprocess.run(words, capture_output=True, text=True, **options)
    assert result.returncode == 0, f"{' '.join(words)}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result.stdout + result.stderr


def need(tool):
    """Skips, visibly, where a tool is not to be had."""
    if not shutil.which(tool):
        pytest.skip(f"NOT RUN: there is no {tool} here")


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def kustomize(folder):
    """What kustomize makes of a folder below deploy/kubernetes."""
    need("kubectl")
    version = re.search(r"v?(\d+)\.(\d+)", run("kubectl", "version", "--client", "-o", "yaml"))
    if version and tuple(map(int, version.groups())) < (1, 21):
        pytest.skip(f"NOT RUN: kubectl {version[0]} has a kustomize of 2019; 1.21 or later is needed")
    return documents(run("kubectl", "kustomize", DEPLOY / "kubernetes" / folder))


def validate(resources, folder, version=None):
    """Has kubernetes-validate read every resource that Kubernetes itself defines."""
    own = [resource for resource in resources if resource["apiVersion"] not in FOREIGN]
    assert own
    file = folder / "resources.yaml"
    file.write_text(yaml.safe_dump_all(own), encoding="utf-8")
    run("kubernetes-validate", "--strict", "--quiet", *(["-k", version] if version else []), file)


def named(resources, kind, name):
    found = [it for it in resources if it["kind"] == kind and it["metadata"]["name"] == name]
    assert len(found) == 1, f"{kind} {name}: {len(found)} of {[(it['kind'], it['metadata']['name']) for it in resources]}"
    return found[0]


def pod(resource):
    return resource["spec"]["template"]["spec"]


def check_configuration(text, folder):
    """Has the binary read a configuration file."""
    file = folder / "underpaint.yaml"
    file.write_text(text, encoding="utf-8")
    # Without what the test itself was told.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("UNDERPAINT_")}
    run(BINARY, "config", "check", "--config", file, env=environment)
    return yaml.safe_load(text)
