"""Picture of generated images: one column a class, one row a seed; several folders side by side.

    underpaint generate --class all --count 8 --seed 1 --sampler gtr-16 -o out/gtr-16
    underpaint generate --class all --count 8 --seed 1 --sampler mar-64 -o out/mar-64
    python -m training.evaluate.grid out/gtr-16 out/mar-64 --out grid.png

Each folder holds the PNGs and the `images.json` that the command wrote.
"""

import argparse
import json
from pathlib import Path

from PIL import Image

GAP = 2
BETWEEN_FOLDERS = 24


def panel(folder: Path, scale: int) -> Image.Image:
    """All images of one folder; classes from the left, seeds from the top."""
    entries = json.loads((folder / "images.json").read_text())
    columns = sorted({entry["class_id"] for entry in entries})
    rows = sorted({entry["seed"] for entry in entries})
    side = Image.open(folder / entries[0]["file"]).width * scale
    sheet = Image.new("RGB", (len(columns) * (side + GAP) - GAP, len(rows) * (side + GAP) - GAP), "white")
    for entry in entries:
        image = Image.open(folder / entry["file"]).convert("RGB").resize((side, side), Image.Resampling.NEAREST)
        sheet.paste(image, (columns.index(entry["class_id"]) * (side + GAP), rows.index(entry["seed"]) * (side + GAP)))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scale", type=int, default=2, help="pixels per pixel")
    arguments = parser.parse_args()
    panels = [panel(folder, arguments.scale) for folder in arguments.folders]
    width = sum(one.width for one in panels) + BETWEEN_FOLDERS * (len(panels) - 1)
    sheet = Image.new("RGB", (width, max(one.height for one in panels)), "white")
    left = 0
    for one in panels:
        sheet.paste(one, (left, 0))
        left += one.width + BETWEEN_FOLDERS
    sheet.save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
