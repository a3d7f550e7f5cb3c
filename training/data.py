"""Fashion-MNIST as tensors, padded from 28 x 28 to 32 x 32.

The IDX files are those of https://github.com/zalandoresearch/fashion-mnist (Debian package `dataset-fashion-mnist`).
"""

import gzip
import struct
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

DEFAULT_FOLDER = Path("/usr/share/datasets/fashion-mnist")

CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)


def read_idx(path: Path) -> np.ndarray:
    """One gzipped IDX file of unsigned bytes."""
    raw = gzip.decompress(path.read_bytes())
    zeros, kind, rank = struct.unpack(">HBB", raw[:4])
    if zeros != 0 or kind != 8:
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(split: str, folder: Path = DEFAULT_FOLDER) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, 1, 32, 32] as bytes (padding 0 = background) and labels [N]; split is "train" or "test"."""
    stem = {"train": "train", "test": "t10k"}[split]
    images = torch.from_numpy(read_idx(Path(folder) / f"{stem}-images-idx3-ubyte.gz").copy())
    labels = torch.from_numpy(read_idx(Path(folder) / f"{stem}-labels-idx1-ubyte.gz").copy())
    return F.pad(images, (2, 2, 2, 2)).unsqueeze(1), labels.long()


def to_unit(images: torch.Tensor) -> torch.Tensor:
    """Bytes -> [-1, 1], fp32."""
    return images.float() / 127.5 - 1.0


def to_bytes(images: torch.Tensor) -> torch.Tensor:
    """[-1, 1] -> bytes, rounded as the server does it."""
    return ((images.float() + 1) / 2).clamp(0, 1).mul(255).round().to(torch.uint8)
