"""Sends hostile and ordinary requests to the service alone and through nginx and HAProxy.

Alone the service refuses each hostile one and ends the connection. Behind a proxy it must not see more requests than
the proxy does, and connections that the proxy keeps must not be out of step: after each case strangers get the answers
to their own requests. Prints each breach; the exit status is 1 if there is one.
"""

import asyncio

from cases import FOLLOWER, HOSTILE, ORDINARY
from conversation import REFUSALS, Answers, converse
from stack import stack

# In front of the service: who shows how the proxy reads the same bytes.
FRONTS = {
    "nginx": "nginx_alone",
    "nginx_unbuffered": "nginx_alone", "haproxy": "haproxy_alone",
    "haproxy_lenient": "haproxy_lenient_alone",
}

# Seconds without an end of the connection after which a proxy is taken to wait for more.
LIMIT = 0.3

breaches: list[str] = []


def expect(holds: bool, name: str, answers: Answers) -> None:
    if not holds:
        breaches.append(f"{name}: {answers.statuses} {answers.text[:200]!r}")


async def check_step(port: int, name: str) -> None:
    """Strangers use the proxy: each gets the answer to its own request."""
    marks = [f"stranger-{number}" for number in range(4)]
    requests = [
        f"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: {mark}\r\nConnection: close\r\n\r\n".encode() for mark in marks
    ]
    for mark, request in zip(marks, requests):
        answers = await converse(port, request, end=False)
        own = f"x-request-id: {mark}".encode() in answers.text.lower()
        expect(answers.statuses == [200] and own, f"{name}: a stranger after it", answers)


async def check_hostile(ports: dict[str, int]) -> None:
    for name, request in HOSTILE.items():
        answers = await converse(ports["service"], request + FOLLOWER, end=False)
        # A body in chunks may be well-formed to the service; the connection ends with it.
        refused = all(status in REFUSALS for status in answers.statuses) or b"Encoding: chunked\r\n" in request
        expect(
            answers.is_ended and len(answers.statuses) <= 1 and refused and (not answers.closes or answers.says_last),
            f"{name}: the service alone", answers)
        for front, alone in FRONTS.items():
            # Not the sending half alone: nginx takes that for the end of the client.
            own, through = await asyncio.gather(
                converse(ports[alone], request + FOLLOWER, end=False, limit=LIMIT),
                converse(ports[front], request + FOLLOWER, end=False, limit=LIMIT))
            expect(through.served_count <= own.served_count, f"{name}: {front} saw {own.statuses}", through)
            await check_step(ports[front], f"{name}: {front}")


async def check_ordinary(ports: dict[str, int]) -> None:
    for name, (request, count) in ORDINARY.items():
        for port in ("service", *FRONTS):
            answers = await converse(ports[port], request, end=port == "service", limit=10 if port == "service" else 0.5)
            expect(
                answers.read_count == count and not REFUSALS & set(answers.statuses), f"{name}: {port}", answers)


async def main() -> None:
    with stack() as (process, ports):
        await check_ordinary(ports)
        await check_hostile(ports)
        expect(process.poll() is None, "the service ended", Answers([], [], b"", True))
    for breach in breaches:
        print(breach)
    print(f"{len(HOSTILE)} hostile and {len(ORDINARY)} ordinary requests, {len(FRONTS)} fronts: {len(breaches)} breaches")
    raise SystemExit(1 if breaches else 0)


if __name__ == "__main__":
    asyncio.run(main())
