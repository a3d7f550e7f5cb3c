"""What both trainings share: device, autocast, time-based schedule, checkpoints, step log."""

import argparse
import json
import math
import os
import time
from pathlib import Path

import torch

from data import DATASETS


def add_dataset_arguments(parser: argparse.ArgumentParser) -> None:
    """`--dataset NAME` and `--data PATH`, the same for every command."""
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="fashion")
    parser.add_argument("--data", type=Path, help="folder or file of the data set, where it is not at its usual place")


def pick_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def autocast(device: torch.device):
    """bf16 for matrix products and convolutions; losses stay in fp32 by the callers' casts."""
    return torch.autocast(device.type, dtype=torch.bfloat16)


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


def save_checkpoint(path: Path, state: dict) -> None:
    """Atomic: a kill during the write leaves the previous checkpoint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def log_line(path: Path, **values) -> None:
    """Append one JSON object to the log and print it."""
    line = json.dumps({k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()})
    print(line, flush=True)
    with path.open("a") as log:
        log.write(line + "\n")
