"""A training set: what it is, and how its files are read."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
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
