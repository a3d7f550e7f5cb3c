"""Tables of evaluation.json in Markdown: the presets, and one for each group of variants.py.

    python -m training.evaluate.tables models/fashion
    python -m training.evaluate.tables models/fashion --groups presets order
"""

import argparse
import json
from pathlib import Path

from training.evaluate.results import common_count, quality_at
from training.evaluate.variants import Group, groups

HEADER = ("sampler", "Frechet distance", "named right, %", "precision", "recall", "ms", "GFLOP", "head evaluations")
REAL_IMAGES = "*real training images*"


def quality_cells(quality: dict) -> list[str]:
    """The cells of the quality fields, with 95 % intervals."""
    (low, high), (worst, best) = quality["frechet_interval"], quality["accuracy_interval"]
    return [f"{quality['frechet']:.2f} ({low:.2f} - {high:.2f})",
            f"{100 * quality['accuracy']:.1f} ({100 * worst:.1f} - {100 * best:.1f})",
            f"{quality['precision']:.3f}", f"{quality['recall']:.3f}"]


def cost_cells(entry: dict) -> list[str]:
    """Milliseconds, GFLOP and head evaluations of one image; a dash for what was not measured."""
    ms = entry["ms_per_image"]
    return ["-" if ms is None else f"{ms:.1f}", f"{entry['gflop_per_image']:.2f}", str(entry["diffusion_evaluations"])]


def table(group: Group, content: dict) -> str | None:
    """The group's samplers that have been judged, all at the same number of images; None where there is nothing to
    compare."""
    names = [variant.name for variant in group.variants]
    entries = {name: content["samplers"][name] for name in names if name in content["samplers"]}
    if len(entries) < 2:
        return None
    count = common_count(list(entries.values()))
    if count is None:
        raise SystemExit(f"{group.name}: no number of images at which all have been judged; use --subset or --count")
    rows = [[f"`{name}`", *quality_cells(quality_at(entry, count)), *cost_cells(entry)]
            for name, entry in entries.items()]
    floor = quality_at(content["floor"], count)
    if floor is not None:
        rows.append([REAL_IMAGES, *quality_cells(floor), "", "", ""])
    lines = [f"**{group.question}**, {count:,} images each:", "", "| " + " | ".join(HEADER) + " |",
             "|---|" + "---:|" * (len(HEADER) - 1), *("| " + " | ".join(row) + " |" for row in rows)]
    missing = [name for name in names if name not in entries]
    if missing:
        lines += ["", f"Not judged: {', '.join(missing)}."]
    return "\n".join(lines)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, help="model directory")
    p.add_argument("--evaluation", type=Path, help="default: evaluation.json in the model directory")
    p.add_argument("--groups", nargs="+", metavar="NAME", help="default: all that have been judged")
    args = p.parse_args()
    content = json.loads((args.evaluation or args.model / "evaluation.json").read_text())
    by_name = groups(json.loads((args.model / "model.json").read_text())["grid"]["height"])
    tables = [table(by_name[name], content) for name in args.groups or by_name]
    print("\n\n".join(text for text in tables if text))


if __name__ == "__main__":
    main()
