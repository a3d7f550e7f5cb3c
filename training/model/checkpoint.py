"""Checkpoints of the trainings: written whole or not at all, and read for evaluation."""

import os
from pathlib import Path

import torch
import torch.nn.functional as F

from training.model.mar import MARConfig
from training.model.vae import VAE, VAEConfig


def save_checkpoint(path: Path, state: dict) -> None:
    """Atomic: a kill during the write leaves the previous checkpoint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def load_vae(path: Path, device: torch.device | str = "cpu") -> VAE:
    """The autoencoder of a checkpoint of train_vae.py, for evaluation."""
    state = torch.load(path, map_location=device, weights_only=True)
    config = state["config"] | {"channel_multipliers": tuple(state["config"]["channel_multipliers"])}
    model = VAE(VAEConfig(**config)).to(device, memory_format=torch.channels_last)
    model.load_state_dict(state["model"])
    return model.eval().requires_grad_(False)


def on_grid(weights: dict[str, torch.Tensor], config: MARConfig) -> dict[str, torch.Tensor]:
    """Weights trained on a coarser or finer square grid, for the grid of `config`: positions are interpolated."""
    def resized(name: str, positions: torch.Tensor) -> torch.Tensor:
        kept = 0 if name.startswith("diffusion") else config.buffer_tokens
        side = round((positions.shape[1] - kept) ** 0.5)
        grid = positions[:, kept:].unflatten(1, (side, side)).permute(0, 3, 1, 2).float()
        grid = F.interpolate(grid, (config.grid, config.grid), mode="bilinear")
        return torch.cat([positions[:, :kept], grid.flatten(2).transpose(1, 2)], dim=1)

    return {name: resized(name, w) if name.endswith("pos_embed_learned") else w for name, w in weights.items()}
