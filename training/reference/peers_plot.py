"""Picture of the runtimes side by side: seconds of one image, the fastest first.

    python -m training.reference.bench --shape mar-b --samplers gtr-16 --engines pytorch openvino onnxruntime \\
        --precisions bf16 int8 --ours "" "--precision int8" --out bench.json
    python -m training.reference.peers_plot bench.json --out docs/images/peers.svg

Takes the runs that `bench --out` leaves: bars are medians of the rounds, lines reach from the least to the most. Needs
matplotlib.
"""

import argparse
import json
import statistics
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

OURS = "underpaint"


def times_by_engine(runs: list[dict]) -> dict[str, list[float]]:
    """Seconds of each run of an engine in a precision, the engines from the fastest median to the slowest."""
    times: dict[str, list[float]] = {}
    for run in runs:
        times.setdefault(f"{run['engine']} {run['variant']}", []).append(run["wall_s"])
    return dict(sorted(times.items(), key=lambda item: statistics.median(item[1])))


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("runs", type=Path, help="file of bench --out")
    p.add_argument("--out", type=Path, required=True)
    arguments = p.parse_args()
    runs = json.loads(arguments.runs.read_text())
    ours = [run for run in runs if run["engine"] == OURS]
    if not ours or len({run["sampler"] for run in runs}) != 1:
        raise SystemExit(f"runs by one sampler, {OURS} among them, please")
    times = times_by_engine(runs)

    figure, axes = plt.subplots(figsize=(8, 0.45 * len(times) + 1))
    for place, (engine, seconds) in enumerate(times.items()):
        median = statistics.median(seconds)
        axes.barh(place, median, color="C0" if engine.startswith(OURS) else "0.7",
                  xerr=[[median - min(seconds)], [max(seconds) - median]])
        axes.annotate(f"{median:.2f}", (max(seconds), place), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(times)), times)
    axes.invert_yaxis()
    axes.set_xlabel(f"seconds, one image of {ours[0]['model']} by {ours[0]['sampler']}, {ours[0]['threads']} threads")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(arguments.out, metadata={"Date": None})


if __name__ == "__main__":
    main()
