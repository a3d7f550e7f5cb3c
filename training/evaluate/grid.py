"""Picture of generated images: one column a class, one row a seed; several folders side by side.

    underpaint generate --class all --count 6 --seed 1 --sampler gtr-16 -o out/gtr-16
    underpaint generate --class all --count 6 --seed 1 --sampler mar-64 -o out/mar-64
    python -m training.evaluate.grid out/gtr-16 out/mar-64 --dataset fruits --scale 1 \\
        --classes banana "red apple" "dragon fruit" --seeds 6 --out grid.png

Each folder holds the PNGs and the `images.json` that the command wrote. Columns are the classes of all folders by
number, or those of --classes in that order, by name, synonym or number.
"""

import argparse
import json
from pathlib import Path

from PIL import Image

from training.data.catalogue import DATASETS
from training.data.dataset import Dataset

GAP = 2
BETWEEN_FOLDERS = 24


def class_ids(dataset: Dataset, names: list[str]) -> list[int]:
    """Numbers of classes that are given by name, synonym or number, whatever the case."""
    known = {str(number): number for number in range(len(dataset.classes))}
    for number, name in enumerate(dataset.classes):
        known |= {form.lower(): number for form in (name, *dataset.synonyms.get(name, []))}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise SystemExit(f"no such class of {dataset.name}: {', '.join(unknown)}; it has {', '.join(dataset.classes)}")
    return [known[name.lower()] for name in names]


def panel(folder: Path, scale: int, columns: list[int] | None = None, rows: int | None = None) -> Image.Image:
    """One folder's images; classes from the left (`columns`, or all), seeds from the top (the first `rows`, or all)."""
    entries = {(entry["class_id"], entry["seed"]): entry["file"]
               for entry in json.loads((folder / "images.json").read_text())}
    columns = columns or sorted({class_id for class_id, _ in entries})
    seeds = sorted({seed for _, seed in entries})[:rows]
    missing = [place for place in ((class_id, seed) for class_id in columns for seed in seeds) if place not in entries]
    if missing or len(seeds) < (rows or 1):
        raise SystemExit(f"{folder}: {len(seeds)} seeds; no images of (class, seed) {missing}")
    side = Image.open(folder / next(iter(entries.values()))).width * scale
    sheet = Image.new("RGB", (len(columns) * (side + GAP) - GAP, len(seeds) * (side + GAP) - GAP), "white")
    for column, class_id in enumerate(columns):
        for row, seed in enumerate(seeds):
            image = Image.open(folder / entries[class_id, seed]).convert("RGB")
            image = image.resize((side, side), Image.Resampling.NEAREST)
            sheet.paste(image, (column * (side + GAP), row * (side + GAP)))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scale", type=int, default=2, help="pixels per pixel")
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="fashion", help="whose names --classes has")
    parser.add_argument("--classes", nargs="+", metavar="CLASS", help="columns, in this order")
    parser.add_argument("--seeds", type=int, metavar="N", help="rows: the first N seeds")
    arguments = parser.parse_args()
    columns = class_ids(DATASETS[arguments.dataset], arguments.classes) if arguments.classes else None
    panels = [panel(folder, arguments.scale, columns, arguments.seeds) for folder in arguments.folders]
    width = sum(one.width for one in panels) + BETWEEN_FOLDERS * (len(panels) - 1)
    sheet = Image.new("RGB", (width, max(one.height for one in panels)), "white")
    left = 0
    for one in panels:
        sheet.paste(one, (left, 0))
        left += one.width + BETWEEN_FOLDERS
    sheet.save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
