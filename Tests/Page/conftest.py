import json
import os
import subprocess

import pytest

from browser import Browser

ADDRESS = os.environ["UNDERPAINT_URL"]
# Selenium asks its driver, and the driver the browser, on this machine.
os.environ["no_proxy"] = "127.0.0.1,localhost"


@pytest.fixture(scope="session")
def session():
    with Browser(ADDRESS) as browser:
        yield browser


@pytest.fixture
def browser(session):
    session.resize(1280)
    session.colours("light")
    yield session
    assert session.complaints() == []


@pytest.fixture(scope="session")
def ask():
    """The service without a browser: status, header and body of one request by curl."""

    def ask(path: str, *flags: str) -> tuple[int, str, bytes]:
        command = ["curl", "-s", "--noproxy", "*", "-i", *flags, ADDRESS + path]
        reply = subprocess.run(command, capture_output=True, check=True).stdout
        header, _, body = reply.partition(b"\r\n\r\n")
        return int(header.split()[1]), header.decode().lower(), body

    return ask


@pytest.fixture
def job(ask):
    """The job of this id."""
    return lambda identity: json.loads(ask(f"/v1/generations/{identity}")[2])
