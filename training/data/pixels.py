"""Images as bytes and as numbers in [-1, 1]."""

import torch


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
