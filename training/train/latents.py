"""The training set as latents: encoded once, kept beside the autoencoder's checkpoint."""

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from training.data.dataset import Dataset
from training.data.pixels import to_unit
from training.model.checkpoint import load_vae, save_checkpoint
from training.model.device import autocast
from training.model.vae import VAE

BATCH = 250


@dataclass
class Latents:
    """Posterior of every training image as tokens: mean and std [N, L, C]; scaled to unit std on drawing."""

    mean: torch.Tensor
    std: torch.Tensor
    scaling: float

    @property
    def side(self) -> int:
        return round(self.mean.shape[1] ** 0.5)

    @property
    def channels(self) -> int:
        return self.mean.shape[2]

    def draw(self, index: torch.Tensor) -> torch.Tensor:
        """Posterior samples of the images `index` [B], scaled: [B, L, C], fp32."""
        mean, std = self.mean[index].float(), self.std[index].float()
        return (mean + std * torch.randn_like(mean)) * self.scaling


@torch.no_grad()
def encode(vae: VAE, images: torch.Tensor, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, channels, side, side] as bytes -> mean and std as tokens [N, L, C], fp32."""
    means, stds = [], []
    for start in range(0, len(images), BATCH):
        batch = to_unit(images[start : start + BATCH]).to(device).contiguous(memory_format=torch.channels_last)
        with autocast(device):
            mean, std = vae.encode(batch)
        means.append(mean.flatten(2).transpose(1, 2))
        stds.append(std.flatten(2).transpose(1, 2))
    return torch.cat(means).contiguous(), torch.cat(stds).contiguous()


def load_latents(vae_path: Path, dataset: Dataset, location: Path | None, device: torch.device,
                 halvings: int = 0, flips: bool = False) -> tuple[Latents, torch.Tensor]:
    """Latents and labels [N] of the training set; with `halvings` of images whose sides are halved so many times, with
    `flips` of the mirror images too (2 N). Encoded once, unless the autoencoder's checkpoint is newer."""
    kept = vae_path.with_name(f"latents-{dataset.side >> halvings}{'-flips' if flips else ''}.pt")
    if not kept.exists() or kept.stat().st_mtime < vae_path.stat().st_mtime:
        images, labels = dataset.load("train", location)
        if halvings:
            images = F.avg_pool2d(images.float(), 2**halvings).round().to(torch.uint8)
        if flips:
            images, labels = torch.cat([images, images.flip(3)]), labels.repeat(2)
        mean, std = encode(load_vae(vae_path, device), images, device)
        scaling = 1 / (mean.var() + std.square().mean()).sqrt().item()
        save_checkpoint(kept, {"mean": mean.half(), "std": std.half(), "scaling": scaling, "labels": labels})
    state = torch.load(kept, map_location=device, weights_only=True)
    return Latents(state["mean"], state["std"], state["scaling"]), state["labels"]
