"""What computes, and in which precision."""

import torch


def pick_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def autocast(device: torch.device):
    """bf16 for matrix products and convolutions; losses stay in fp32 by the callers' casts."""
    return torch.autocast(device.type, dtype=torch.bfloat16)
