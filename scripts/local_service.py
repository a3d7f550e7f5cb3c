"""A service of this checkout on a free port of the loopback interface, for scripts that measure one."""

import contextlib
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_LIMIT_S = 120


class LocalService:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.pid = process.pid
        self.port = port

    def send(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of one exchange on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=150)
        try:
            text = None if body is None else json.dumps(body)
            fields = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, text, fields | (headers or {}))
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def job(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> dict:
        """The job that an exchange answers with."""
        status, reply = self.send(method, path, body, headers)
        if status not in (200, 202):
            raise RuntimeError(f"{method} {path}: {status} {reply.decode(errors='replace')}")
        return json.loads(reply)


def placed(settings: tuple[str, ...], models: str | None) -> list[str]:
    """Flags of where the models are, and of settings: one worker, whatever the machine has, and of the embedded models the
    small one, where the settings do not say otherwise."""
    usual = ["workers.count=1", *([] if models else ["models.default=fashion"])]
    named = {each.split("=")[0] for each in settings}
    wanted = [each for each in usual if each.split("=")[0] not in named] + list(settings)
    return ["--models", models or str(ROOT / "models"), *(flag for each in wanted for flag in ("--set", each))]


@contextlib.contextmanager
def local_service(binary: str, *settings: str, database: str = "memory", models: str | None = None) -> Iterator[LocalService]:
    """Serves the embedded models on one worker, the small one by default, and stops at the end. `settings` are `name=value`."""
    command = [binary, "serve", "--port", "0", "--database", database, *placed(settings, models)]
    with tempfile.NamedTemporaryFile("r", suffix=".log") as log:
        with open(log.name, "wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            yield LocalService(process, ready_port(process, log.name))
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def local_worker(binary: str, *settings: str, database: str, models: str | None = None) -> Iterator[int]:
    """The process id of a worker for the jobs of a database that it shares. It may be loading its model yet."""
    command = [binary, "worker", "--database", database, *placed(settings, models)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def ready_port(process: subprocess.Popen[bytes], log: str) -> int:
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and process.poll() is None:
        text = pathlib.Path(log).read_text(errors="replace")
        if match := re.search(r"listening on \S+ port (\d+)", text):
            service = LocalService(process, int(match[1]))
            if service.send("GET", "/readyz")[0] == 200:
                return service.port
        time.sleep(0.05)
    raise RuntimeError("the service did not get ready:\n" + pathlib.Path(log).read_text(errors="replace"))
