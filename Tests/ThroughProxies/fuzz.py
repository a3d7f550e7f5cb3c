"""Sends mutated requests to the service and to nginx, and compares where each of them sees requests begin and end.

A breach is a request that one of the two does not see:
  - the service answers a second one that neither nginx nor the grammar sees, or
  - nginx answers more, and the service neither refuses nor ends the connection: it waits for what it takes for a body.
That the service refuses what nginx forgives is none. Left out are requests in which the service takes a bare LF and a NUL,
or a line of one colon, for a CRLF, see `cmhd_header_is_plain`. Prints each breach as a Python literal; the exit status is 1 if
there is one.
"""

import argparse
import asyncio
import collections
import random
import re
import sys

from conversation import Answers, converse
from grammar import request_count
from mutation import mutate
from stack import stack

# Seconds without an answer and without an end after which the service is taken to wait for more.
PATIENCE = 1.5

BLIND_SPOT = re.compile(rb"\0\n|\n:\n|(?<!\r)\n[:\0]\r\n")


async def breach(request: bytes, own: Answers, other: Answers, port: int) -> str | None:
    allowed = max(other.read_count, request_count(request), 1)
    # Of a body in chunks the service forgives more. The answer ends the connection, so nothing hides behind it.
    forgiven = 1 if own.says_last and b"chunked" in request.lower() else 0
    if own.served_count - forgiven > allowed:
        return f"the service answers {own.statuses}, nginx {other.statuses}, the grammar allows {allowed}"
    if own.read_count < other.read_count and not own.says_last:
        again = await converse(port, request, end=False, limit=PATIENCE)
        if not again.is_ended and again.read_count < other.read_count:
            return f"the service answers {again.statuses} and waits, nginx {other.statuses}"
    return None


async def run(count: int, seed: int, width: int) -> int:
    source = random.Random(seed)
    outcomes: collections.Counter[str] = collections.Counter()
    breaches: list[tuple[bytes, str]] = []
    left = iter(range(count))

    with stack() as (process, ports):

        async def work() -> None:
            for _ in left:
                request = mutate(source)
                while BLIND_SPOT.search(request):
                    request = mutate(source)
                own, other = await asyncio.gather(
                    converse(ports["service"], request), converse(ports["nginx_alone"], request))
                outcomes[f"{own.read_count} here, {other.read_count} there"] += 1
                if found := await breach(request, own, other, ports["service"]):
                    breaches.append((request, found))

        await asyncio.gather(*(work() for _ in range(width)))
        if process.poll() is not None:
            breaches.append((b"", f"the service ended with {process.returncode}"))

    for request, found in breaches:
        print(f"{request!r}: {found}")
    print(", ".join(f"{name}: {number}" for name, number in outcomes.most_common()))
    print(f"seed {seed}: {count} requests, {len(breaches)} breaches")
    return len(breaches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3000, help="requests (default 3000)")
    parser.add_argument("--seed", type=int, default=None, help="of the mutations (default: drawn and printed)")
    parser.add_argument("--width", type=int, default=100, help="connections at a time (default 100)")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    sys.exit(1 if asyncio.run(run(options.count, seed, options.width)) else 0)


if __name__ == "__main__":
    main()
