"""Picture of measured runs under the machine's roofs: GFLOP/s over operations per byte of weights read.

    underpaint bench --shape mar-b --sampler gtr-16 --json >> runs.jsonl
    python -m training.reference.roofline runs.jsonl --out docs/images/roofline.svg

Takes the lines of `underpaint bench --json`; comparisons between them are skipped. The roofs are the medians of what
the runs measured just before themselves. Needs matplotlib.
"""

import argparse
import json
import statistics
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import ScalarFormatter  # noqa: E402

MARKERS = {"encoder": "^", "decoder": "s", "head": "o"}


def read_runs(paths: list[Path]) -> list[dict]:
    lines = [line for path in paths for line in path.read_text().splitlines() if line.startswith("{")]
    return [run for run in map(json.loads, lines) if "parts" in run]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("runs", nargs="+", type=Path, help="files of JSON lines")
    p.add_argument("--out", type=Path, required=True)
    arguments = p.parse_args()
    runs = read_runs(arguments.runs)
    if not runs:
        raise SystemExit("no runs in these files")
    compute = statistics.median(run["ceiling_gflops"] for run in runs)
    bandwidth = statistics.median(run["bandwidth_gb_s"] for run in runs)

    figure, axes = plt.subplots(figsize=(8, 5))
    intensities = [2 ** (n / 8) for n in range(8 * 2, 8 * 12)]
    axes.plot(intensities, [min(compute, bandwidth * x) for x in intensities], "k-", lw=1.5,
              label=f"matmul {compute:.0f} GFLOP/s, memory {bandwidth:.0f} GB/s")
    groups = sorted({(run["model"], run["sampler"]) for run in runs})
    for colour, (model, sampler) in enumerate(groups):
        members = [run for run in runs if (run["model"], run["sampler"]) == (model, sampler)]
        for name, marker in MARKERS.items():
            parts = [part for run in members for part in run["parts"] if part["name"] == name]
            x = statistics.median(part["gflop"] / part["weights_read_gb"] for part in parts)
            y = statistics.median(part["gflops"] for part in parts)
            axes.plot(x, y, marker, color=f"C{colour}", ms=8, label=f"{model} {sampler} {name}")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_ylim(compute / 6, compute * 1.4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(ScalarFormatter())
    axes.set_xlabel("operations per byte of weights, each pass reading them once")
    axes.set_ylabel("GFLOP/s")
    axes.legend(fontsize=6, loc="lower right", ncols=2)
    axes.grid(True, which="both", lw=0.3)
    figure.tight_layout()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(arguments.out, metadata={"Date": None})


if __name__ == "__main__":
    main()
