"""The examples of deploy/ with real proxies before the real service, on ports of their own."""

import json
import os
import re
import socket
import subprocess
import time

import pytest

from deployment import DEPLOY, need, read, run

# As much as one request may ask for: it runs for seconds, and what arrives meanwhile was not held back.
LONG = {"class": 0, "count": 16, "sampler": "mar-256"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, method, path, body=None, wait=10):
    """One request over a socket of its own; returns the socket, which still has to be read."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=wait)
    data = json.dumps(body).encode() if body is not None else b""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    return connection


def reply(port, method, path, body=None):
    with ask(port, method, path, body) as connection:
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, rest = data.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), rest


def read_until(connection, wanted):
    data = b""
    while wanted not in data:
        piece = connection.recv(4096)
        assert piece, f"ended before {wanted!r}: {data!r}"
        data += piece
    return data


def nginx(port, service, folder):
    example = read("deploy/nginx/underpaint.conf").replace("listen 80;", f"listen 127.0.0.1:{port};")
    example = example.replace("    listen [::]:80;\n", "").replace("127.0.0.1:8080", f"127.0.0.1:{service}")
    (folder / "underpaint.conf").write_text(example, encoding="utf-8")
    temporary = "".join(
        f"{it}_temp_path {folder}/{it};" for it in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {temporary} include {folder}/underpaint.conf; }}"
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    run("nginx", "-t", "-e", "stderr", "-c", folder / "nginx.conf")
    return ["nginx", "-e", "stderr", "-g", "daemon off;", "-c", str(folder / "nginx.conf")]


def haproxy(port, service, folder):
    run("haproxy", "-c", "-f", DEPLOY / "haproxy/haproxy.cfg")
    example = read("deploy/haproxy/haproxy.cfg").replace("bind :80", f"bind 127.0.0.1:{port}")
    (folder / "haproxy.cfg").write_text(example.replace("127.0.0.1:8080", f"127.0.0.1:{service}"), encoding="utf-8")
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


def caddy(port, service, folder):
    environment = {**os.environ, "HOME": str(folder)}
    run("caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "caddy/Caddyfile", env=environment)
    example = re.sub(r"^:80 ", f"http://127.0.0.1:{port} ", read("deploy/caddy/Caddyfile"), flags=re.M)
    example = "{\n\tadmin off\n}\n" + example.replace("127.0.0.1:8080", f"127.0.0.1:{service}")
    (folder / "Caddyfile").write_text(example, encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@pytest.fixture(params=[nginx, haproxy, caddy], ids=lambda make: make.__name__)
def proxy(request, tmp_path):
    """The port of a proxy that runs with the example's configuration."""
    need(request.param.__name__)
    service = int(os.environ["UNDERPAINT_URL"].rsplit(":", 1)[1])
    port = free_port()
    command = request.param(port, service, tmp_path)
    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(tmp_path)})
    try:
        for _ in range(100):
            try:
                if reply(port, "GET", "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            assert process.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        else:
            pytest.fail((tmp_path / "log").read_text(encoding="utf-8"))
        yield port
    finally:
        process.terminate()
        process.wait(30)


def test_events_pass_while_the_job_runs(proxy):
    status, body = reply(proxy, "POST", "/v1/generations", LONG)
    assert status == 202, body
    job = json.loads(body)["id"]
    try:
        with ask(proxy, "GET", f"/v1/generations/{job}/events") as events:
            read_until(events, b"event: progress")
            assert json.loads(reply(proxy, "GET", f"/v1/generations/{job}")[1])["status"] == "running"
            assert reply(proxy, "POST", f"/v1/generations/{job}/cancel")[0] == 200
            read_until(events, b"event: cancelled")
    finally:
        reply(proxy, "POST", f"/v1/generations/{job}/cancel")


def test_metrics_are_not_for_everyone(proxy):
    assert reply(proxy, "GET", "/metrics")[0] == 404


def test_a_body_that_is_too_large_is_refused(proxy):
    assert reply(proxy, "POST", "/v1/generations", {"class": "x" * 70_000})[0] == 413
