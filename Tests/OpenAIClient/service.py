"""The real service on a free loopback port, unless told otherwise with the test model."""

import json
import os
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("UNDERPAINT", str(ROOT / ".build/debug/underpaint"))


class Service:
    """Runs for as long as the `with` block."""

    def __init__(self, folder: pathlib.Path, models: str = "Tests/Fixtures", **settings):
        self.log_path = folder / "service.log"
        # One worker, so that a second job waits.
        settings = {"workers.count": 1, "models.default": "tiny", "limits.max_work": 1_000_000,
                    "api.max_count": 256, **settings}
        self.arguments = [BINARY, "serve", "--port", "0", "--database", "memory", "--models", str(ROOT / models)]
        for name, value in settings.items():
            self.arguments += ["--set", f"{name}={value}"]

    def __enter__(self):
        with self.log_path.open("w") as log:
            self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.address = f"http://127.0.0.1:{self.wait_for(self.port, 60)}"
        self.wait_for(self.is_ready, 60)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        return self.log_path.read_text()

    def port(self) -> str | None:
        assert self.process.poll() is None, self.log()
        match = re.search(r"listening on \S+ port (\d+)", self.log())
        return match and match[1]

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")["status"] == "ready"
        except urllib.error.HTTPError:
            return False

    def wait_for(self, found, limit_s: float = 20):
        """What the function returns as soon as that is something."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if result := found():
                return result
            time.sleep(0.02)
        raise AssertionError(f"not within {limit_s} s: {found.__name__}\n{self.log()}")

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.address + path) as reply:
            return json.load(reply)

    def post(self, path: str, body: dict | None = None) -> dict:
        data = b"" if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def submit(self, **body) -> str:
        """Submits a job beside OpenAI's route, and returns its id."""
        return self.post("/v1/generations", {"class": 1, **body})["id"]

    def cancel(self, job: str):
        self.post(f"/v1/generations/{job}/cancel")

    def is_idle(self) -> bool:
        queue = self.get("/v1/capabilities")["queue"]
        return queue["queued"] == 0 and queue["running"] == 0

    def is_busy(self) -> bool:
        return self.get("/v1/capabilities")["queue"]["running"] > 0
