"""The training sets, as tensors of bytes with class names.

Fashion-MNIST: the IDX files of https://github.com/zalandoresearch/fashion-mnist (Debian package
`dataset-fashion-mnist`), padded from 28 x 28 to 32 x 32. Imagenette at 64 x 64: a zip of `train/<class>/NNNN.webp` and
`val/<class>/NNNN.webp`, made from https://github.com/fastai/imagenette by centre-cropping and downscaling. Fruits at
64 x 64: a zip of the same form, made from https://github.com/Horea94/Fruit-Images-Dataset (Fruits-360, version 2019.05.06)
by joining the varieties of a fruit and downscaling.
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

SPLITS = ("train", "test")


@dataclass(frozen=True)
class Dataset:
    """A training set: what its model card says of it, and how it is read."""

    name: str
    description: str
    source: str
    licence: str
    side: int
    channels: int
    classes: tuple[str, ...]
    location: Path
    read: Callable[[Path, str], tuple[torch.Tensor, torch.Tensor]] = field(repr=False)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    mirrored: bool = False  # is a mirror image as good as the image?

    def load(self, split: str, location: Path | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Images [N, channels, side, side] as bytes and labels [N]; split is "train" or "test"."""
        if split not in SPLITS:
            raise ValueError(f"split {split!r} is neither of {SPLITS}")
        return self.read(Path(location or self.location), split)


def read_idx(path: Path) -> np.ndarray:
    """One gzipped IDX file of unsigned bytes."""
    raw = gzip.decompress(path.read_bytes())
    zeros, kind, rank = struct.unpack(">HBB", raw[:4])
    if zeros != 0 or kind != 8:
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_fashion(folder: Path, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The four IDX files in `folder`; the padding is background."""
    stem = {"train": "train", "test": "t10k"}[split]
    images = torch.from_numpy(read_idx(folder / f"{stem}-images-idx3-ubyte.gz").copy())
    labels = torch.from_numpy(read_idx(folder / f"{stem}-labels-idx1-ubyte.gz").copy())
    return F.pad(images, (2, 2, 2, 2)).unsqueeze(1), labels.long()


def read_folders(archive: Path, split: str, folders: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """The WebP images of a zip; class ids count `folders`."""
    prefix = {"train": "train/", "test": "val/"}[split]
    images, labels = [], []
    with zipfile.ZipFile(archive) as files:
        for name in sorted(n for n in files.namelist() if n.startswith(prefix) and n.endswith(".webp")):
            labels.append(folders.index(name.split("/")[1]))
            images.append(np.array(Image.open(io.BytesIO(files.read(name))).convert("RGB")))
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels)


IMAGENETTE_FOLDERS = ("tench", "english-springer", "cassette-player", "chain-saw", "church", "french-horn",
                      "garbage-truck", "gas-pump", "golf-ball", "parachute")

FASHION = Dataset(
    name="fashion",
    description="Fashion-MNIST articles, 32 x 32 grey, class-conditional",
    source="Fashion-MNIST training set (60,000 images, Zalando Research)",
    licence="MIT",
    side=32,
    channels=1,
    classes=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    location=Path("/usr/share/datasets/fashion-mnist"),
    read=read_fashion,
    synonyms={"T-shirt/top": ["t-shirt", "top"], "Trouser": ["trousers", "pants"], "Pullover": ["sweater"],
              "Sandal": ["sandals"], "Sneaker": ["sneakers", "trainer"], "Bag": ["handbag"],
              "Ankle boot": ["boot", "boots"]},
)

IMAGENETTE = Dataset(
    name="imagenette",
    description="Ten classes of ImageNet, 64 x 64 colour, class-conditional",
    source="Imagenette training set (9,469 images, fastai; a subset of ImageNet), cropped and scaled to 64 x 64",
    licence="Apache-2.0; the images are ImageNet's, for research use",
    side=64,
    channels=3,
    classes=("tench", "English springer", "cassette player", "chain saw", "church", "French horn", "garbage truck",
             "gas pump", "golf ball", "parachute"),
    location=Path("imagenette-64.zip"),
    read=partial(read_folders, folders=IMAGENETTE_FOLDERS),
    synonyms={"tench": ["fish"], "English springer": ["springer spaniel", "dog"],
              "cassette player": ["cassette", "tape player"], "chain saw": ["chainsaw"], "French horn": ["horn"],
              "garbage truck": ["dustcart"], "gas pump": ["petrol pump"], "parachute": ["chute"]},
    mirrored=True,
)

FRUIT_FOLDERS = (
    "avocado", "banana", "cantaloupe", "cherry", "coconut", "dragon-fruit", "grape", "green-apple", "green-pepper",
    "huckleberry", "kiwi", "lemon", "lime", "lychee", "mango", "mulberry", "orange", "peach", "pear", "physalis",
    "pineapple", "plum", "pomegranate", "raspberry", "red-apple", "red-pepper", "star-fruit", "strawberry", "tomato",
    "walnut", "yellow-apple", "yellow-pepper")

FRUITS = Dataset(
    name="fruits",
    description="32 kinds of fruit on white, 64 x 64 colour, class-conditional",
    source="Fruits-360, version 2019.05.06 (19,878 training images of 60 varieties, joined to 32 classes), 64 x 64",
    licence="MIT; the images: MIT, Copyright (c) 2017-2019 Mihai Oltean, Horea Muresan",
    side=64,
    channels=3,
    classes=tuple(folder.replace("-", " ") for folder in FRUIT_FOLDERS),
    location=Path("fruits-64.zip"),
    read=partial(read_folders, folders=FRUIT_FOLDERS),
    synonyms={"avocado": ["avocado pear"], "banana": ["bananas"], "cantaloupe": ["cantaloupe melon", "melon"],
              "cherry": ["cherries"], "coconut": ["cocos"], "dragon fruit": ["pitaya", "pitahaya"], "grape": ["grapes"],
              "green apple": ["Granny Smith"], "green pepper": ["green bell pepper"],
              "huckleberry": ["huckleberries", "blueberry"], "kiwi": ["kiwifruit", "kiwi fruit"], "lemon": ["lemons"],
              "lime": ["limes"], "lychee": ["litchi"], "mango": ["mangoes"], "mulberry": ["mulberries"],
              "orange": ["oranges"], "peach": ["peaches"], "pear": ["pears"],
              "physalis": ["cape gooseberry", "ground cherry", "goldenberry"], "pineapple": ["ananas"],
              "plum": ["plums"], "raspberry": ["raspberries"], "red apple": ["apple"],
              "red pepper": ["red bell pepper", "bell pepper"], "star fruit": ["starfruit", "carambola"],
              "strawberry": ["strawberries"], "tomato": ["tomatoes"], "walnut": ["walnuts"],
              "yellow apple": ["golden apple"], "yellow pepper": ["yellow bell pepper"]},
    mirrored=True,
)

DATASETS = {dataset.name: dataset for dataset in (FASHION, IMAGENETTE, FRUITS)}


def to_unit(images: torch.Tensor) -> torch.Tensor:
    """Bytes -> [-1, 1], fp32."""
    return images.float() / 127.5 - 1.0


def to_bytes(images: torch.Tensor) -> torch.Tensor:
    """[-1, 1] -> bytes, rounded as the server does it."""
    return ((images.float() + 1) / 2).clamp(0, 1).mul(255).round().to(torch.uint8)


def random_crops(images: torch.Tensor, side: int) -> torch.Tensor:
    """[B, c, H, W] -> [B, c, side, side], a place of its own for each image."""
    corners = torch.randint(images.shape[-1] - side + 1, (len(images), 2)).tolist()
    return torch.stack([image[:, y : y + side, x : x + side] for image, (y, x) in zip(images, corners)])
