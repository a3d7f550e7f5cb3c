"""Tables of evaluation.json in Markdown: the presets, and one for each group of variants.py.

    python -m training.evaluate.tables models/fashion
    python -m training.evaluate.tables models/fashion --groups presets order
"""

import argparse
import json
from pathlib import Path

from training.evaluate.results import common_count, quality_at
from training.evaluate.variants import Group, groups

QUALITY = ("Frechet distance", "named right, %", "precision", "recall")
COST = ("ms", "GFLOP", "head evaluations")
REAL = {"floor": "*real training images*", "reconstructions": "*their reconstructions*"}


def quality_cells(quality: dict, with_seams: bool) -> list[str]:
    """The cells of the quality fields, with 95 % intervals."""
    (low, high), (worst, best) = quality["frechet_interval"], quality["accuracy_interval"]
    return [f"{quality['frechet']:.2f} ({low:.2f} - {high:.2f})",
            f"{100 * quality['accuracy']:.1f} ({100 * worst:.1f} - {100 * best:.1f})",
            f"{quality['precision']:.3f}", f"{quality['recall']:.3f}", *([seams_cell(quality)] if with_seams else [])]


def seams_cell(quality: dict) -> str:
    """The ratio with its interval; a dash where it was not measured, or images are flat."""
    if quality.get("seams_interval") is None:
        return "-"
    low, high = quality["seams_interval"]
    return f"{quality['seams']:.3f} ({low:.3f} - {high:.3f})"


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
    qualities = {name: quality_at(entry, count) for name, entry in entries.items()}
    with_seams = any("seams" in quality for quality in qualities.values())
    rows = [[f"`{name}`", *quality_cells(qualities[name], with_seams), *cost_cells(entry)]
            for name, entry in entries.items()]
    for field, title in REAL.items():
        quality = quality_at(content.get(field, {}), count)
        if quality is not None:
            rows.append([title, *quality_cells(quality, with_seams), *("" for _ in COST)])
    header = ("sampler", *QUALITY, *(["seams"] if with_seams else []), *COST)
    lines = [f"**{group.question}**, {count:,} images each:", "", "| " + " | ".join(header) + " |",
             "|---|" + "---:|" * (len(header) - 1), *("| " + " | ".join(row) + " |" for row in rows)]
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
