"""Weights in 8 bits, as `underpaint import --precision int8` stores them: whole numbers and a scale for each output."""

import re

import torch

# What `compute.precision: int8` multiplies in 8 bits: the layers inside blocks (docs/decisions/0031-int8-inside-blocks.md).
IN_BLOCKS = re.compile(
    r"mar\.((en|de)coder_blocks\.\d+\.(attn\.(qkv|proj)|mlp\.fc[12])"
    r"|diffloss\.net\.res_blocks\.\d+\.(mlp\.[02]|adaLN_modulation\.1))\.weight")


def scale_name(tensor: str) -> str:
    return tensor + ".scale"


def quantise(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Numbers -127...127 of the weight's shape, and the scales [outputs]: weight = scale * number.

    The engine's own rounding, bit for bit (`QuantisedRow`): fp32 throughout, to the nearest, ties to even. A row of zeros has
    scale 1.
    """
    values = weight.to(torch.float32)
    highest = values.abs().amax(dim=1)
    # Not 127 / highest, which torch computes as a product with the reciprocal: that rounds twice.
    inverse = torch.div(torch.full_like(highest, 127), highest)
    inverse = torch.where((highest >= 1e-30) & (highest <= 3e38), inverse, 0)
    scale = torch.div(highest, torch.full_like(highest, 127))
    numbers = torch.round(values * inverse[:, None]).to(torch.int8)
    return numbers, torch.where(scale == 0, 1, scale)


def in_8_bits(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors with those of the blocks quantised, and their scales beside them."""
    stored = {}
    for name, tensor in tensors.items():
        if IN_BLOCKS.fullmatch(name):
            stored[name], stored[scale_name(name)] = quantise(tensor)
        else:
            stored[name] = tensor
    return stored


def as_numbers(stored: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Every tensor in fp32, those in 8 bits as number * scale."""
    numbers = {}
    for name, tensor in stored.items():
        if tensor.dtype == torch.int8:
            scales = stored[scale_name(name)]
            numbers[name] = tensor.float() * scales.reshape(-1, *[1] * (tensor.dim() - 1))
        elif stored.get(name.removesuffix(".scale"), tensor).dtype != torch.int8:
            numbers[name] = tensor.float()
    return numbers
