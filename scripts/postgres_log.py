"""How long the transactions of a PostgreSQL server took, from its log of all statements."""

import dataclasses
import pathlib
import re
from collections.abc import Iterator

# What the server has to be started with.
SETTINGS = ["-c", "log_min_duration_statement=0", "-c", "log_line_prefix=%n %p "]
LINE = re.compile(r"^(\d+\.\d+) (\d+) LOG:  duration: ([\d.]+) ms  (\w+)[^:]*: (.*)")
# Transactions that hand out jobs begin with this lock, of the schema (PostgreSQLDatabase.turnsLock).
TURNS = f"pg_advisory_xact_lock({0x756E6470},"


# What a transaction is, by the beginning of a statement that only such ones have.
KINDS = {
    "insert into jobs": "submit",
    "update jobs set state": "claim",
    "insert into images": "completion",
    "update jobs set lease_until": "renewal",
}


@dataclasses.dataclass
class Transaction:
    start_s: float
    # Until the commit was done, with what passed between the statements; and the server's part of that.
    milliseconds: float = 0
    server_ms: float = 0
    statements: list[str] = dataclasses.field(default_factory=list)

    @property
    def kind(self) -> str:
        """One of `KINDS`, `news`, `empty claim`, or `other`."""
        looks_for_job = any(TURNS in statement for statement in self.statements)
        if "pg_notify(" in self.statements[0]:
            return "news"
        for statement in self.statements:
            for beginning, kind in KINDS.items():
                # Jobs change their state in other transactions too.
                if statement.startswith(beginning) and (kind != "claim" or looks_for_job):
                    return kind
        return "empty claim" if looks_for_job else "other"


def server_log(address: str) -> pathlib.Path:
    """Of a server of scripts/postgres-server."""
    return pathlib.Path(re.search(r"host=([^&]+)", address)[1]) / "server.log"


def transactions(log: pathlib.Path) -> Iterator[Transaction]:
    """Those that were committed, from when `begin` arrived until `commit` was done, to the millisecond."""
    open_ones: dict[str, Transaction] = {}
    with open(log, errors="replace") as lines:
        for line in lines:
            if not (match := LINE.match(line)):
                continue
            end, process, duration, phase, text = float(match[1]), match[2], float(match[3]), match[4], match[5]
            if text.startswith("begin"):
                opened = Transaction(end - duration / 1000, server_ms=duration, statements=[text])
                if text.endswith("commit"):
                    opened.milliseconds = duration
                    yield opened
                else:
                    open_ones[process] = opened
            elif process in open_ones:
                open_ones[process].server_ms += duration
                if phase in ("execute", "statement"):
                    open_ones[process].statements.append(text)
                if text == "commit":
                    done = open_ones.pop(process)
                    done.milliseconds = (end - done.start_s) * 1000
                    yield done
