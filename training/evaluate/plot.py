"""Picture of evaluation.json: Frechet distance and accuracy over the time of an image, for every sampler with a time.

    python -m training.evaluate.plot models/fashion --out docs/images/fashion-quality.png

Presets have names and 95 % intervals, all else is a grey point. All are shown at the same number of images. Needs
matplotlib.
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator, ScalarFormatter  # noqa: E402

from training.evaluate.results import common_count, quality_at  # noqa: E402
from training.evaluate.variants import PRESETS  # noqa: E402

ACCURACIES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
MARKERS = "osD^vP"


def with_interval(axes, x: float, quality: dict, field: str, highest: float, **style) -> None:
    """One point with its interval; values stay below `highest`."""
    y, (low, high) = min(quality[field], highest), quality[f"{field}_interval"]
    axes.errorbar(x, y, [[max(y - low, 0)], [max(min(high, highest) - y, 0)]], capsize=2, lw=1, ms=5, **style)


def draw(frechet, accuracy, content: dict) -> None:
    entries = {name: entry for name, entry in content["samplers"].items() if entry["ms_per_image"] is not None}
    count = common_count(list(entries.values()))
    if count is None:
        raise SystemExit("no samplers with times and the same number of images: training.evaluate with --subset, then --time")
    names = [variant.name for variant in PRESETS.variants]
    highest = 1 - 0.5 / count  # a logit scale has no place for 1
    others = [(entry["ms_per_image"], quality_at(entry, count)) for name, entry in entries.items() if name not in names]
    if others:
        times, style = [ms for ms, _ in others], {"color": "0.7", "ms": 4, "zorder": 1, "label": "variants"}
        frechet.plot(times, [quality["frechet"] for _, quality in others], ".", **style)
        accuracy.plot(times, [min(quality["accuracy"], highest) for _, quality in others], ".", **style)
    for colour, (name, marker) in enumerate(zip(names, MARKERS)):
        if name in entries:
            quality, x = quality_at(entries[name], count), entries[name]["ms_per_image"]
            style = {"fmt": marker, "color": f"C{colour}", "label": name, "zorder": 2}
            with_interval(frechet, x, quality, "frechet", float("inf"), **style)
            with_interval(accuracy, x, quality, "accuracy", highest, **style)
    floor = quality_at(content["floor"], count)
    if floor is not None:
        frechet.axhline(floor["frechet"], color="k", lw=0.8, ls="--", label=f"{count:,} real training images")
    accuracy.axhline(content["classifier_accuracy"], color="k", lw=0.8, ls=":", label="real test images")
    frechet.set_ylabel(f"Frechet distance, {count:,} images (lower is better)")
    accuracy.set_ylabel("named right (higher is better)")


def set_scales(frechet, accuracy, timing: dict) -> None:
    frechet.set_yscale("log")
    accuracy.set_yscale("logit")
    accuracy.set_yticks(ACCURACIES, [f"{100 * share:g} %" for share in ACCURACIES])
    accuracy.yaxis.set_minor_locator(NullLocator())
    for axes in (frechet, accuracy):
        axes.set_xscale("log")
        axes.set_xlabel("ms per image, {precision}, {threads} threads".format_map(timing))
    for axis in (frechet.yaxis, frechet.xaxis, accuracy.xaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5, 7)))
        axis.set_major_formatter(ScalarFormatter())
        axis.set_minor_formatter(NullFormatter())
    for axes in (frechet, accuracy):
        axes.grid(True, lw=0.3)
        axes.legend(fontsize=7)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, help="model directory")
    p.add_argument("--evaluation", type=Path, help="default: evaluation.json in the model directory")
    p.add_argument("--out", type=Path, required=True)
    args = p.parse_args()
    content = json.loads((args.evaluation or args.model / "evaluation.json").read_text())
    figure, (frechet, accuracy) = plt.subplots(1, 2, figsize=(10, 4.4))
    draw(frechet, accuracy, content)
    set_scales(frechet, accuracy, content["timing"])
    figure.tight_layout()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(args.out, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
