"""Compare two folders of images with the same names: peak signal-to-noise ratio, per image.

    underpaint generate --class all --count 20 --seed 1 --precision bf16 -o out/bf16
    underpaint generate --class all --count 20 --seed 1 --precision fp32 -o out/fp32
    python -m training.evaluate.compare out/bf16 out/fp32
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from training.evaluate.metrics import psnr


def psnr_of_files(left: Path, right: Path) -> float:
    """In dB, of 8-bit images."""
    a, b = (np.asarray(Image.open(path)) for path in (left, right))
    if a.shape != b.shape:
        raise SystemExit(f"{left} is {a.shape}, {right} is {b.shape}")
    return float(psnr(a[None], b[None])[0])


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folders", nargs=2, type=Path)
    left, right = p.parse_args().folders
    names = sorted(path.name for path in left.glob("*.png"))
    if not names or names != sorted(path.name for path in right.glob("*.png")):
        raise SystemExit(f"{left} and {right} do not hold PNGs of the same names")
    values = np.array([psnr_of_files(left / name, right / name) for name in names])
    print(f"{len(values)} images: mean {values.mean():.1f} dB, lowest {values.min():.1f} dB, "
          f"1st percentile {np.percentile(values, 1):.1f} dB, below 30 dB {np.mean(values < 30):.1%}")


if __name__ == "__main__":
    main()
