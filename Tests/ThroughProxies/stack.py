"""The service with nginx and HAProxy in front of it, on loopback ports, for as long as a test runs.

Each proxy listens several times: as itself, where it answers alone and so shows how it reads the bytes, and in front of
the service, over connections that it keeps and shares among its clients.
"""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log /dev/null;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_header_timeout 5s;
    client_body_timeout 5s;
    lingering_close off;
    upstream service {{ server 127.0.0.1:{service}; keepalive 4; }}
    server {{ listen unix:{folder}/ok.socket; location / {{ return 200 "ok\\n"; }} }}
    server {{
        # Answers what has come whole: alone it would not wait for the body.
        listen 127.0.0.1:{nginx_alone};
        location / {{ proxy_pass http://unix:{folder}/ok.socket; proxy_ignore_client_abort on; }}
    }}
    server {{
        listen 127.0.0.1:{nginx};
        location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
    server {{
        listen 127.0.0.1:{nginx_unbuffered};
        ignore_invalid_headers off;
        location / {{
            proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_request_buffering off;
        }}
    }}
}}
"""

HAPROXY = """
global
    maxconn 2000
    log /dev/null local0
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 20s
    http-reuse always
frontend alone
    bind 127.0.0.1:{haproxy_alone}
    http-request return status 200 content-type text/plain string ok
frontend alone_lenient
    bind 127.0.0.1:{haproxy_lenient_alone}
    option accept-invalid-http-request
    http-request return status 200 content-type text/plain string ok
frontend in_front
    bind 127.0.0.1:{haproxy}
    default_backend service
frontend in_front_lenient
    bind 127.0.0.1:{haproxy_lenient}
    option accept-invalid-http-request
    default_backend service
backend service
    server one 127.0.0.1:{service}
"""

PORTS = (
    "nginx_alone", "nginx", "nginx_unbuffered", "haproxy_alone", "haproxy_lenient_alone", "haproxy", "haproxy_lenient",
)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for_port(port: int, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"{process.args[0]} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"{process.args[0]} does not listen on port {port}")


@contextlib.contextmanager
def running(arguments: list[str], **options):
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def service(folder: pathlib.Path):
    """Yields the process and the port of a service with the smallest model."""
    binary = os.environ.get("UNDERPAINT", str(ROOT / ".build/debug/underpaint"))
    settings = ["--set", "models.default=tiny", "--set", "http.max_connections=1024"]
    log = folder / "service.log"
    with log.open("w") as output:
        arguments = [binary, "serve", "--port", "0", "--database", "memory", "--models", str(ROOT / "Tests/Fixtures"),
                     "--set", "http.allowed_hosts=any", *settings]  # fmt: skip
        with running(arguments, stdout=output, stderr=output) as process:
            for _ in range(600):
                match = re.search(r"listening on \S+ port (\d+)", log.read_text())
                if match:
                    yield process, int(match[1])
                    return
                if process.poll() is not None:
                    break
                time.sleep(0.05)
            raise SystemExit(f"the service did not start: {log.read_text()}")


@contextlib.contextmanager
def stack():
    """Yields the process of the service and the port of everything by name."""
    with contextlib.ExitStack() as entered:
        folder = pathlib.Path(entered.enter_context(tempfile.TemporaryDirectory()))
        process, port = entered.enter_context(service(folder))
        ports = dict(zip(PORTS, free_ports(len(PORTS))), service=port)
        for name, text in (("nginx", NGINX), ("haproxy", HAPROXY)):
            (folder / f"{name}.conf").write_text(text.format(folder=folder, **ports))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        nginx = entered.enter_context(running(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], **quiet))
        haproxy = entered.enter_context(running(["haproxy", "-db", "-f", str(folder / "haproxy.conf")], **quiet))
        wait_for_port(ports["nginx"], nginx)
        wait_for_port(ports["haproxy"], haproxy)
        yield process, ports
