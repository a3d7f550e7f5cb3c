"""Images to be judged, as bytes [N, channels, side, side]: of a folder, real ones, or through an autoencoder."""

import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from training.data.dataset import Dataset
from training.data.pixels import to_bytes, to_unit
from training.model.device import autocast
from training.model.vae import VAE


def read_folder(folder: Path, dataset: Dataset) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Images, padded where they are smaller; the classes asked for [N]; seeds [N].

    The folder has `images.json`, a list of {"file", "class_id", "seed"}, or files named NNNNN_<class id>.png, whose
    numbers stand for seeds.
    """
    manifest = folder / "images.json"
    if manifest.exists():
        entries = [(e["file"], e["class_id"], e["seed"]) for e in json.loads(manifest.read_text())]
    else:
        matches = (re.fullmatch(r"(\d+)_(\d+)\.png", path.name) for path in sorted(folder.glob("*.png")))
        entries = [(match[0], int(match[2]), int(match[1])) for match in matches if match]
    if not entries:
        raise SystemExit(f"{folder}: neither images.json nor files named NNNNN_<class id>.png")
    mode = "L" if dataset.channels == 1 else "RGB"
    pixels = torch.from_numpy(np.stack([np.array(Image.open(folder / file).convert(mode)) for file, _, _ in entries]))
    images = pixels.reshape(*pixels.shape[:3], dataset.channels).permute(0, 3, 1, 2).contiguous()
    margin = (dataset.side - images.shape[-1]) // 2
    return (F.pad(images, (margin,) * 4), torch.tensor([label for _, label, _ in entries]),
            np.array([seed for _, _, seed in entries]))


def random_of_each(
        images: torch.Tensor, labels: torch.Tensor, count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` random images of each class, and their labels."""
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(labels.numpy() == label) for label in labels.unique().tolist()]
    chosen = torch.from_numpy(np.concatenate([generator.permutation(index)[:count] for index in members]))
    return images[chosen], labels[chosen]


def first_of_each(labels: torch.Tensor, count: int) -> torch.Tensor:
    """For labels [N], booleans [N]: is the image among the first `count` of its class?"""
    return F.one_hot(labels).cumsum(0).gather(1, labels[:, None])[:, 0] <= count


@torch.no_grad()
def reconstruct(vae: VAE, images: torch.Tensor, sampled: bool = False, seed: int = 0) -> torch.Tensor:
    """Images as bytes through an autoencoder, from the mean of the posterior or from a sample of it, as bytes."""
    generator, parts = torch.Generator().manual_seed(seed), []
    for part in images.split(250):
        with autocast(torch.device("cpu")):
            latents, std = vae.encode(to_unit(part))
            if sampled:
                latents = latents + std * torch.randn(std.shape, generator=generator)
            parts.append(to_bytes(vae.decode(latents)))
    return torch.cat(parts)
