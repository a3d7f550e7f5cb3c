"""Time other runtimes beside our binary: the same shapes, the same plan, random weights, in turn in one run.

    python -m training.reference.bench --shape mar-b --binary .build/release/underpaint --rounds 3
    python -m training.reference.bench --shape mar-b --samplers gtr-16 --engines pytorch openvino onnxruntime
    python -m training.reference.bench --shape mar-h --quick 8

A run is one image with guidance, the VAE included. PyTorch gets no gradients, both halves of the guidance in one
batch, channels-last convolutions, weights that were cast to bf16 before the clock starts, and the threads it is told;
`--compile` adds torch.compile with frozen weights as further rows of their own. OpenVINO and ONNX Runtime compute the four heavy
parts (`peers.py`), the rest is PyTorch's. `--quick N` runs N of the 64 autoregressive steps of mar-64 in the others, evenly
spread from the first to the last, and interpolates those between.
"""

import argparse
import contextlib
import json
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from training.model.mar import MAR, MARConfig
from training.model.vae import VAE, VAEConfig
from training.reference import peers
from training.sample import plans
from training.sample.generation import Generation, RandomNoise

SAMPLERS = ("mar-64", "gtr-16")
PRECISIONS = ("fp32", "bf16", "int8")
PYTORCH_PRECISIONS = ("fp32", "bf16")
SCALING = 0.2325


@dataclass(frozen=True)
class Shape:
    """A published model size, or the small one of the tests."""

    mar: MARConfig
    vae: VAEConfig
    guidance: float


def image_net(width: int, depth: int, heads: int, head_width: int, head_depth: int, guidance: float) -> Shape:
    """256 x 256 pixels, KL-16."""
    return Shape(
        MARConfig(grid=16, latent_channels=16, encoder_width=width, encoder_depth=depth, encoder_heads=heads,
                  decoder_width=width, decoder_depth=depth, decoder_heads=heads, buffer_tokens=64,
                  head_width=head_width, head_depth=head_depth, classes=1000),
        VAEConfig(channels=128, channel_multipliers=(1, 1, 2, 2, 4), latent_channels=16, image_channels=3), guidance)


SHAPES = {
    "mar-b": image_net(768, 12, 12, 1024, 6, 2.9),
    "mar-l": image_net(1024, 16, 16, 1280, 8, 3.0),
    "mar-h": image_net(1280, 20, 16, 1536, 12, 3.2),
    "tiny": Shape(
        MARConfig(grid=8, latent_channels=16, encoder_width=64, encoder_depth=2, encoder_heads=4, decoder_width=64,
                  decoder_depth=2, decoder_heads=4, buffer_tokens=8, head_width=96, head_depth=2),
        VAEConfig(channels=32, channel_multipliers=(1, 2, 2), latent_channels=16, image_channels=3), 3.0),
}


def make_plan(name: str, grid: int, generator: torch.Generator) -> tuple[list[plans.Step], int | None]:
    """The preset's plan for one image, and its timestep clip. Steps scale with the grid as in the server."""
    if name == "mar-64":
        return plans.mar_plan(plans.random_orders(1, grid * grid, generator), plans.scaled(64, grid), 100), None
    stages = plans.gtr_stages(grid, grid)
    orders = [torch.tensor(s)[plans.random_orders(1, len(s), generator)] for s in stages]
    return plans.gtr_plan(orders, [plans.scaled(steps, grid) for steps in (12, 3, 1)], (50, 20, 20, 50)), 950


def spread(count: int, total: int) -> list[int]:
    """`count` (at least 2) of the indices below `total`, evenly from the first to the last."""
    return sorted({round(i * (total - 1) / (count - 1)) for i in range(count)})


def interpolated_sum(times: dict[int, float], total: int) -> float:
    """Sum over all indices below `total` of the line through the measured points (index: seconds)."""
    points = sorted(times.items())
    result = points[0][1]
    for (left, left_time), (right, right_time) in zip(points, points[1:]):
        for index in range(left + 1, right + 1):
            result += left_time + (right_time - left_time) * (index - left) / (right - left)
    assert points[0][0] == 0 and points[-1][0] == total - 1
    return result


class Reference:
    """The PyTorch model, ready to be timed."""

    def __init__(self, shape: Shape):
        self.shape = shape
        self.generator = torch.Generator().manual_seed(1)
        # Autocast keeps the bf16 copies of parameters that require gradients, and outside of inference mode: so they
        # do, and it is `no_grad` under which they run. Cast anew at every use, a linear layer of 6 rows takes ten
        # times as long.
        self.mar = MAR(shape.mar).eval()
        self.vae = VAE(shape.vae).eval().to(memory_format=torch.channels_last)
        self.uncompiled: set[tuple[str, str]] | None = None  # (sampler, precision) whose shapes are still to be seen

    def compile(self) -> None:
        """Swap the heavy parts for compiled ones."""
        torch._inductor.config.freezing = True
        torch._dynamo.config.recompile_limit = 64
        self.uncompiled = {(name, precision) for name in SAMPLERS for precision in PYTORCH_PRECISIONS}
        self.mar.encode = torch.compile(self.mar.encode, dynamic=True)
        self.mar.decode = torch.compile(self.mar.decode, dynamic=True)
        net = self.mar.diffloss.net
        net.forward = torch.compile(net.forward, dynamic=True)
        self.vae.decode = torch.compile(self.vae.decode)

    def generation(self, clip: int | None) -> Generation:
        noise = RandomNoise(self.shape.mar.latent_channels, self.generator)
        return Generation(
            self.mar, torch.zeros(1, dtype=torch.long), noise, guidance=self.shape.guidance, timestep_clip=clip)

    def decode(self, tokens: torch.Tensor) -> torch.Tensor:
        grid = self.shape.mar.grid
        latents = tokens.transpose(1, 2).reshape(1, -1, grid, grid) / SCALING
        return self.vae.decode(latents.contiguous(memory_format=torch.channels_last))

    def advance(self, generation: Generation, plan: list[plans.Step], index: int, **changes) -> float:
        """Seconds of one autoregressive step, on a canvas on which the tokens of the steps before it are known."""
        before = [torch.zeros(1, 0, dtype=torch.long)] + [step.tokens for step in plan[:index]]
        generation.known = torch.cat(before, dim=1).sort(dim=1).values
        step = plans.Step(**(vars(plan[index]) | changes))
        start = time.perf_counter()
        generation.advance(step)
        return time.perf_counter() - start

    def seconds_per_image(self, name: str, precision: str, quick: int | None) -> float:
        """Wall time, the VAE included."""
        plan, clip = make_plan(name, self.shape.mar.grid, self.generator)
        indices = spread(quick, len(plan)) if quick and name == "mar-64" and quick < len(plan) else range(len(plan))
        cast = torch.autocast("cpu", dtype=torch.bfloat16) if precision == "bf16" else contextlib.nullcontext()
        with torch.no_grad() if precision == "bf16" else torch.inference_mode(), cast:
            # Every weight once, so that the clock sees no cast; compiled code has to see every shape once.
            generation = self.generation(clip)
            compiles = self.uncompiled is not None and (name, precision) in self.uncompiled
            for index in indices if compiles else {0, len(plan) // 2, len(plan) - 1}:
                self.advance(generation, plan, index, diffusion_steps=2)
            self.decode(generation.tokens)
            if compiles:
                self.uncompiled.remove((name, precision))

            generation = self.generation(clip)
            times = {index: self.advance(generation, plan, index) for index in indices}
            start = time.perf_counter()
            image = self.decode(generation.tokens)
            assert image.isfinite().all()
            return interpolated_sum(times, len(plan)) + time.perf_counter() - start


@dataclass(frozen=True)
class Engine:
    """One row of the table beside ours."""

    name: str
    variant: str
    model: Reference
    precision: str  # of PyTorch's share


def make_engines(arguments: argparse.Namespace) -> list[Engine]:
    """Those that were asked for, in the precisions that each has."""
    shape, engines = SHAPES[arguments.shape], []
    pytorch = [precision for precision in arguments.precisions if precision in PYTORCH_PRECISIONS]
    if "pytorch" in arguments.engines:
        eager = Reference(shape)
        engines += [Engine("pytorch", precision, eager, precision) for precision in pytorch]
    if arguments.compile:
        compiled = Reference(shape)
        compiled.compile()
        engines += [Engine("pytorch", f"{precision} compiled", compiled, precision) for precision in pytorch]
    for name in (name for name in arguments.engines if name in peers.PEERS):
        replace, known = peers.PEERS[name]
        for precision in (precision for precision in arguments.precisions if precision in known):
            print(f"converting for {name} {precision}", file=sys.stderr)
            model = Reference(shape)
            replace(model.mar, model.vae, precision, arguments.threads)
            engines.append(Engine(name, precision, model, "fp32"))
    return engines


def time_ours(arguments: argparse.Namespace, name: str, flags: str) -> dict:
    """What `underpaint bench` says of one image."""
    command = [
        arguments.binary, "bench", "--shape", arguments.shape, "--sampler", name, "--threads", str(arguments.threads),
        "--json", *shlex.split(flags),
    ]
    completed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if completed.returncode != 0:
        sys.exit(f"bench_reference: {shlex.join(command)} failed:\n{completed.stderr}")
    return json.loads(completed.stdout.splitlines()[-1])


def measure(arguments: argparse.Namespace) -> list[dict]:
    """One object per run: sampler, engine ("underpaint" or another), variant, wall_s; ours with all its figures."""
    engines, runs = make_engines(arguments), []
    for round_number in range(arguments.rounds):
        for name in arguments.samplers:
            print(f"round {round_number + 1} of {arguments.rounds}, {name}", file=sys.stderr)
            for flags in arguments.ours:
                ours = time_ours(arguments, name, flags)
                runs.append({"engine": "underpaint", "variant": f"{ours['backend']} {ours['precision']}", **ours})
            for engine in list(engines):
                try:
                    seconds = engine.model.seconds_per_image(name, engine.precision, arguments.quick)
                except Exception as error:  # Whatever the compiler cannot do is a result too.
                    if not engine.variant.endswith("compiled"):
                        raise
                    print(f"torch.compile ({engine.variant}) failed and is left out: {error}", file=sys.stderr)
                    engines = [other for other in engines if other.model is not engine.model]
                    continue
                runs.append({"engine": engine.name, "variant": engine.variant, "sampler": name, "wall_s": seconds})
    return runs


def table(arguments: argparse.Namespace, runs: list[dict]) -> str:
    """Medians, and how many times as long as ours each takes."""
    walls: dict[tuple[str, str, str], list[float]] = {}
    for run in runs:
        walls.setdefault((run["sampler"], run["engine"], run["variant"]), []).append(run["wall_s"])
    medians = {key: statistics.median(values) for key, values in walls.items()}
    # The first of ours, where there are several.
    ours = {name: next(value for key, value in medians.items() if key[:2] == (name, "underpaint"))
            for name in arguments.samplers}
    versions = ", ".join(f"{name} {peers.version(name)}" for name in arguments.engines)
    extrapolated = f" (extrapolated from {arguments.quick} of its steps)" if arguments.quick else ""
    fastest = min(arguments.samplers, key=ours.get)
    lines = [
        f"{arguments.shape}, one image with its VAE, {arguments.threads} threads, {versions}, "
        f"medians of {arguments.rounds} rounds:\n",
        f"| sampler | engine | s | against ours | against our {fastest} |",
        "|---|---|---:|---:|---:|",
    ]
    for (name, engine, variant), seconds in medians.items():
        note = extrapolated if engine != "underpaint" and name == "mar-64" else ""
        lines.append(
            f"| `{name}` | {engine} {variant}{note} | {seconds:.2f} | {seconds / ours[name]:.2f} x | "
            f"{seconds / ours[fastest]:.2f} x |")
    return "\n".join(lines)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--shape", choices=SHAPES, default="mar-b")
    p.add_argument("--binary", default=".build/release/underpaint")
    p.add_argument("--ours", nargs="+", default=[""], metavar="FLAGS",
                   help='more flags of `underpaint bench`, a row for each: "" "--precision int8"')
    p.add_argument("--engines", nargs="+", choices=("pytorch", *peers.PEERS), default=["pytorch"])
    p.add_argument("--samplers", nargs="+", choices=SAMPLERS, default=list(SAMPLERS))
    p.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=list(PYTORCH_PRECISIONS))
    p.add_argument("--threads", type=int, default=torch.get_num_threads())
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--quick", type=int, metavar="N", help="run N steps of mar-64 where it is not ours, and interpolate the others")
    p.add_argument("--compile", action="store_true", help="measure torch.compile too")
    p.add_argument("--out", type=Path, help="file for every run, as JSON")
    arguments = p.parse_args()
    if arguments.rounds < 1 or (arguments.quick is not None and arguments.quick < 2):
        p.error("--rounds takes at least 1, --quick at least 2")
    torch.set_num_threads(arguments.threads)
    runs = measure(arguments)
    if arguments.out:
        arguments.out.write_text(json.dumps(runs, indent=2) + "\n")
    print(table(arguments, runs))


if __name__ == "__main__":
    main()
