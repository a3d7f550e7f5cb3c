"""A throw-away PostgreSQL server (scripts/postgres-server), and statements on it through psql."""

import contextlib
import subprocess
from collections.abc import Iterator

from local_service import ROOT


@contextlib.contextmanager
def local_database(*arguments: str) -> Iterator[str]:
    """The address of a server that waits for the disk, and that is gone at the end."""
    command = [str(ROOT / "scripts/postgres-server"), "--durable", *arguments]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if not (address := server.stdout.readline().strip()):
            raise RuntimeError("no PostgreSQL server")
        yield address
    finally:
        server.stdin.close()
        server.wait(60)


def query(address: str, *statements: str) -> list[list[str]]:
    """The rows that the statements answer with, in one connection."""
    command = ["psql", address, "-XAqt", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
    for statement in statements:
        command += ["-c", statement]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        raise RuntimeError(f"psql: {answer.stderr.strip()}")
    return [line.split("\t") for line in answer.stdout.splitlines()]


@contextlib.contextmanager
def held_transaction(address: str, *statements: str) -> Iterator[subprocess.Popen]:
    """A transaction that has run the statements, and stays open."""
    session = subprocess.Popen(["psql", address, "-XAqt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    session.stdin.write("".join(f"{statement};\n" for statement in statements) + "select 'held';\n")
    session.stdin.flush()
    try:
        while (line := session.stdout.readline()) != "held\n":
            if not line:
                raise RuntimeError("psql ended before its transaction was open")
        yield session
    finally:
        # The transaction goes with its connection.
        session.stdin.close()
        session.wait(60)
