"""How many tokens a training step masks."""

import math

import torch


class Masking:
    """How many tokens to mask: ratio from a normal (mean 1.0, std 0.25) cut to [minimum, 1]."""

    def __init__(self, tokens: int, minimum: float):
        self.tokens, self.minimum = tokens, minimum

    def count(self) -> int:
        while True:
            ratio = torch.randn(()).item() * 0.25 + 1.0
            if self.minimum <= ratio <= 1.0:
                return math.ceil(self.tokens * ratio)
