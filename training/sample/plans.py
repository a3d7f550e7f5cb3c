"""Orders and plans: which tokens each autoregressive step decodes, and with how many diffusion steps.

MAR (arXiv 2406.11838) for the random order; GtR (arXiv 2510.17171) for the two stages.
"""

import math
from dataclasses import dataclass

import torch


MASK_SCHEDULES = ("linear", "cosine")  # how many tokens the steps of a sub-stage reveal: the published one first


@dataclass
class Step:
    """One autoregressive step: the tokens [B, n] it decodes and their diffusion steps."""

    tokens: torch.Tensor
    diffusion_steps: int
    detail_steps: int | None = None  # of the tokens that FTS picks; None: no FTS


def scaled(steps: int, side: int) -> int:
    """What `steps` of a preset are on side x side tokens: L/256 of them, ties to even, at least 1."""
    return max(1, round(steps * side * side / 256))


def random_orders(batch: int, count: int, generator: torch.Generator) -> torch.Tensor:
    """[B, count], one permutation per image."""
    return torch.rand(batch, count, generator=generator).argsort(dim=1)


def masked_counts(count: int, steps: int, schedule: str) -> list[int]:
    """How many of `count` tokens stay masked after each step. `cosine`, as the MAR reference has it: few tokens at first;
    `linear`: as many each."""
    masked = [count]
    for s in range(1, steps):
        if schedule == "cosine":
            masked.append(max(1, min(masked[-1] - 1, math.floor(count * math.cos(math.pi / 2 * s / steps)))))
        else:
            masked.append(count - count * s // steps)
    return [*masked[1:], 0]


def mar_plan(orders: torch.Tensor, steps: int, diffusion_steps: int) -> list[Step]:
    """The reference's loop: cosine masking, tokens taken from the end of each order [B, L]."""
    counts = masked_counts(orders.shape[1], steps, "cosine")
    return [Step(orders[:, after:masked], diffusion_steps)
            for masked, after in zip([orders.shape[1], *counts], counts)]


def gtr_stages(height: int, width: int, count: int = 3) -> list[list[int]]:
    """S_1 .. S_K: tokens of each sub-stage, ascending; the last is one colour of the checkerboard."""
    rest = [i * width + j for i in range(height) for j in range(width)]
    stages = []
    for k in range(1, count):
        taken = [p for p in rest if (p // width + p % width) % 2**k == 2 ** (k - 1)]
        stages.insert(0, taken)
        rest = [p for p in rest if p not in set(taken)]
    return [rest] + stages


def gtr_plan(orders: list[torch.Tensor], steps: list[int], diffusion: tuple[int, int, int, int],
             mask_schedule: str = "linear") -> list[Step]:
    """Orders [B, n_k] of each sub-stage; diffusion = (T_max, T_min, T_rec, T_detail); `mask_schedule` inside each."""
    t_max, t_min, t_rec, t_detail = diffusion
    generation = sum(steps[:-1])
    plan, a = [], 0
    for k, (order, count) in enumerate(zip(orders, steps)):
        n, done = order.shape[1], 0
        for masked in masked_counts(n, count, mask_schedule):
            end = n - masked
            if k + 1 == len(orders):
                step = Step(order[:, done:end], t_rec, t_detail)
            else:
                step = Step(order[:, done:end], round(t_max + (t_min - t_max) * a / max(generation - 1, 1)))
                a += 1
            plan.append(step)
            done = end
    return plan
