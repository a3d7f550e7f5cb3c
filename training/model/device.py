"""What computes, and in which precision."""

import torch


def pick_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def autocast(device: torch.device):
    """bf16 for matrix products and convolutions where the device computes in it; losses stay in fp32 by the callers'
    casts. A processor without AVX-512 BF16 takes fp32: emulated bf16 is seven times as slow as that."""
    has_bf16 = device.type != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=has_bf16)
