"""What a sampler costs, counted from shapes: floating-point operations and head evaluations of one image.

The count is the engine's own (`underpaint bench --json`, `Sources/Pipeline/ModelOperations.swift`), for settings that
`bench` does not take: linear layers, attention and convolutions, a multiply-add is two operations. Letters as in
docs/shapes.md.
"""

import math
from dataclasses import dataclass

from training.model.diffusion import respaced_timesteps
from training.sample.plans import gtr_stages

TIME_FREQUENCIES = 256  # sinusoids of a timestep


@dataclass(frozen=True)
class Step:
    """One autoregressive step: how many tokens it decides; how many of them, with how many diffusion steps T each."""

    tokens: int
    chains: tuple[tuple[int, int], ...]


def plan(sampler: dict, height: int, width: int) -> list[Step]:
    """The steps of one image.

    `sampler` is what `underpaint generate --json` prints as `settings.sampler`: every number is resolved.
    """
    counts, diffusion, L = sampler["steps"], sampler["diffusion_steps"], height * width
    if not isinstance(counts, list):
        reveal = halton_reveals if sampler["preset"].startswith("halton") else cosine_reveals
        return structure(reveal(L, counts), diffusion)
    sizes = [len(stage) for stage in gtr_stages(height, width, len(counts))]
    stages = [even_reveals(size, count) for size, count in zip(sizes, counts)]
    if len(stages) == 1:
        return structure(stages[0], diffusion)
    reconstruction = []
    for tokens in stages[-1]:
        detail = round(sampler["detail_fraction"] * tokens) if sampler["fts"] else 0
        chains = ((detail, diffusion["detail"]), (tokens - detail, diffusion["reconstruction"]))
        reconstruction.append(Step(tokens, tuple(chain for chain in chains if chain[0] > 0)))
    return structure(sum(stages[:-1], []), diffusion) + reconstruction


def structure(reveals: list[int], diffusion: dict) -> list[Step]:
    """Steps of the generation stage: T from `max` to `min`, linear, ties to even."""
    last, highest, lowest = max(len(reveals) - 1, 1), diffusion["max"], diffusion["min"]
    counts = [round(highest + (lowest - highest) * a / last) for a in range(len(reveals))]
    return [Step(tokens, ((tokens, T),)) for tokens, T in zip(reveals, counts)]


def cosine_reveals(L: int, steps: int) -> list[int]:
    """MAR (arXiv 2406.11838): floor(L cos(pi/2 (s+1)/N)) tokens stay masked after step s."""
    masked = [L]
    for s in range(steps - 1):
        masked.append(max(1, min(masked[-1] - 1, math.floor(L * math.cos(math.pi / 2 * (s + 1) / steps)))))
    return [before - after for before, after in zip(masked, [*masked[1:], 0])]


def halton_reveals(L: int, steps: int) -> list[int]:
    """Halton-MaskGIT (arXiv 2503.17076): L (1 - arccos(k/N) 2/pi) tokens are decided after step k (from 1)."""
    decided = [0]
    for k in range(1, steps):
        wanted = math.floor(L * (1 - math.acos(k / steps) * 2 / math.pi))
        decided.append(min(max(wanted, k, decided[-1] + 1), L - (steps - k)))
    return [after - before for before, after in zip(decided, [*decided[1:], L])]


def even_reveals(tokens: int, steps: int) -> list[int]:
    """GtR (arXiv 2510.17171): floor(n (m+1)/s) tokens of a sub-stage are decided after its step m."""
    return [tokens * (m + 1) // steps - tokens * m // steps for m in range(steps)]


def diffusion_evaluations(steps: list[Step], clip: int | None) -> int:
    """Evaluations of the diffusion head for one image: over all tokens, their diffusion steps after the clip has merged
    some. The two halves of the guidance count as one."""
    return sum(tokens * len(respaced_timesteps(T, clip)) for step in steps for tokens, T in step.chains)


def gflop(model: dict, steps: list[Step], clip: int | None, guided: bool) -> float:
    """10^9 operations of one image made by itself. `model`: model.json; `guided`: guidance is not 1, two halves."""
    halves, operations = 2 if guided else 1, ModelOperations(model)
    total, known, schedules = operations.image_decoding(), 0, set()
    for step in steps:
        # With nothing known the whole empty canvas is computed, once per class.
        wanted = step.tokens if known else operations.L
        total += operations.encoder_step(known, halves) + operations.decoder_step(known, wanted, halves)
        for tokens, T in step.chains:
            evaluations, rows = len(respaced_timesteps(T, clip)), halves * tokens
            total += operations.condition_embedding(rows) + evaluations * operations.head_evaluation(rows)
            if T not in schedules:
                total += evaluations * operations.time_embedding()
            schedules.add(T)
        known += step.tokens
    return total / 1e9


class ModelOperations:
    """Operations of the parts of a model, from model.json."""

    def __init__(self, model: dict):
        self.L = model["grid"]["height"] * model["grid"]["width"]
        self.P, self.C, self.mlp_ratio = model["buffer_tokens"], model["latent_channels"], model["mlp_ratio"]
        self.encoder, self.decoder, self.head = model["encoder"], model["decoder"], model["diffusion_head"]
        self.vae = model["vae"]

    def encoder_step(self, known: int, halves: int) -> int:
        """Of one autoregressive step with N = `known` tokens; both halves share the projection of the tokens."""
        return (linear(known, self.C, self.encoder["width"])
                + self.blocks(self.encoder, self.encoder["depth"], self.P + known, halves))

    def decoder_step(self, known: int, wanted: int, halves: int) -> int:
        """The last block has keys and values of all slots, and all else only of the `wanted` tokens."""
        slots, D = self.P + self.L, self.decoder["width"]
        return (linear(halves * (self.P + known), self.encoder["width"], D)
                + self.blocks(self.decoder, self.decoder["depth"] - 1, slots, halves)
                + linear(halves * slots, D, 2 * D) + linear(halves * wanted, D, 2 * D + 2 * self.mlp_ratio * D)
                + halves * attention(wanted, slots, D))

    def blocks(self, part: dict, depth: int, tokens: int, halves: int) -> int:
        D = part["width"]
        layers = linear(tokens, D, 4 * D + 2 * self.mlp_ratio * D)
        return depth * halves * (layers + attention(tokens, tokens, D))

    def head_evaluation(self, rows: int) -> int:
        """One diffusion step at R = `rows`: per block the MLP, and shift, scale and gate."""
        W = self.head["width"]
        return 2 * rows * (self.C * W + self.head["depth"] * 5 * W * W + 2 * W * W + 2 * self.C * W)

    def condition_embedding(self, rows: int) -> int:
        return linear(rows, self.decoder["width"], self.head["width"])

    def time_embedding(self) -> int:
        W = self.head["width"]
        return linear(1, TIME_FREQUENCIES, W) + linear(1, W, W)

    def image_decoding(self) -> int:
        """The decoder of the autoencoder, for one image."""
        widths = [multiplier * self.vae["channels"] for multiplier in self.vae["channel_multipliers"]]
        pixels, width = self.L, widths[-1]
        total = linear(pixels, self.C, self.C) + convolution(pixels, self.C, width)
        total += 2 * residual_block(pixels, width, width)
        total += 4 * linear(pixels, width, width) + attention(pixels, pixels, width)
        for level in reversed(range(len(widths))):
            for _ in range(self.vae["residual_blocks"] + 1):
                total += residual_block(pixels, width, widths[level])
                width = widths[level]
            if level > 0:
                pixels *= 4
                total += convolution(pixels, width, width)
        return total + convolution(pixels, width, self.vae["output_channels"])


def linear(rows: int, inputs: int, outputs: int) -> int:
    return 2 * rows * inputs * outputs


def attention(queries: int, keys: int, width: int) -> int:
    """Scores and weighted sum, over all heads."""
    return 4 * queries * keys * width


def convolution(pixels: int, inputs: int, outputs: int) -> int:
    """3 x 3."""
    return 9 * linear(pixels, inputs, outputs)


def residual_block(pixels: int, inputs: int, outputs: int) -> int:
    shortcut = 0 if inputs == outputs else linear(pixels, inputs, outputs)
    return convolution(pixels, inputs, outputs) + convolution(pixels, outputs, outputs) + shortcut
