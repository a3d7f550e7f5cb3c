"""What both trainings share: the schedule by the clock, and the log of steps."""

import json
import math
import time
from pathlib import Path


class Clock:
    """Training time in seconds, going on over restarts. The schedule follows it, so a run ends when it should
    on any machine, however loaded."""

    def __init__(self, minutes: float, elapsed_s: float = 0.0):
        self.total_s = minutes * 60
        self.start = time.monotonic() - elapsed_s

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.start

    @property
    def progress(self) -> float:
        """0 at the start, 1 at the end."""
        return min(self.elapsed_s / self.total_s, 1.0)


def cosine(progress: float) -> float:
    """1 -> 0 over progress 0 -> 1."""
    return 0.5 * (1 + math.cos(math.pi * progress))


def log_line(path: Path, **values) -> None:
    """Append one JSON object to the log and print it."""
    line = json.dumps({k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()})
    print(line, flush=True)
    with path.open("a") as log:
        log.write(line + "\n")
