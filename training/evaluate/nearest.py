"""Memory or generation? The training images that are nearest to generated ones, and how near they are.

    underpaint generate --class all --count 20 --seed 1 -o out/samples
    python -m training.evaluate.nearest out/samples --shown 20 --out nearest.png

Distances are root mean squares over pixels in [0, 1], to the nearest of all training images and their mirror images. A
model that repeats its training set has distances far below those of real test images, which it has never seen.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from training.data.catalogue import DATASETS, add_dataset_arguments
from training.evaluate.images import read_folder

GAP = 2
AT_ONCE = 2000  # training images that are compared; bounds the memory


def nearest(images: torch.Tensor, training: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, c, side, side] and training images [M, ...] as bytes -> distance [N] and index into the training
    images, then their mirror images, [N]."""
    wanted = images.flatten(1).float() / 255
    least, index, passed = torch.full((len(images),), torch.inf), torch.zeros(len(images), dtype=torch.long), 0
    for candidates in (part for both in (training, training.flip(3)) for part in both.split(AT_ONCE)):
        candidates = candidates.flatten(1).float() / 255
        squares = candidates.square().sum(1) - 2 * wanted @ candidates.T
        found = squares.min(1)
        index = torch.where(found.values < least, found.indices + passed, index)
        least, passed = torch.minimum(least, found.values), passed + len(candidates)
    squares = least + wanted.square().sum(1)
    return (squares.clamp(min=0) / wanted.shape[1]).sqrt(), index


def as_found(training: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """The training images, or their mirror images, that `nearest` has numbered."""
    found = training[index % len(training)]
    return torch.where((index >= len(training))[:, None, None, None], found.flip(3), found)


def sheet(samples: torch.Tensor, neighbours: torch.Tensor, scale: int) -> Image.Image:
    """Samples in the upper row, each with its neighbour below."""
    N, channels, side, _ = samples.shape
    cell = side * scale + GAP
    picture = Image.new("RGB", (N * cell - GAP, 2 * cell - GAP), "white")
    for row, images in enumerate((samples, neighbours)):
        for column, image in enumerate(images):
            pixels = image.expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()
            cut = Image.fromarray(pixels).resize((side * scale,) * 2, Image.Resampling.NEAREST)
            picture.paste(cut, (column * cell, row * cell))
    return picture


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", type=Path)
    add_dataset_arguments(p)
    p.add_argument("--shown", type=int, default=20, help="images in the picture, evenly spread over the folder")
    p.add_argument("--scale", type=int, default=1, help="pixels per pixel")
    p.add_argument("--out", type=Path, required=True)
    args = p.parse_args()
    dataset = DATASETS[args.dataset]
    training = dataset.load("train", args.data)[0]
    samples = read_folder(args.folder, dataset)[0]
    test = dataset.load("test", args.data)[0]
    test = test[torch.linspace(0, len(test) - 1, min(1000, len(test))).long()]
    distances, index = nearest(samples, training)
    real = nearest(test, training)[0]
    for name, values in (("generated", distances), ("real test images", real)):
        low, middle, high = np.quantile(values.numpy(), (0.05, 0.5, 0.95))
        print(f"{name}: {len(values)} images, distance {values.min():.3f} at least, "
              f"5 % {low:.3f}, median {middle:.3f}, 95 % {high:.3f}")
    shown = torch.linspace(0, len(samples) - 1, min(args.shown, len(samples))).long()
    sheet(samples[shown], as_found(training, index[shown]), args.scale).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
