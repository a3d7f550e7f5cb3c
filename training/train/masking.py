"""Which tokens a training step masks."""

import math

import torch

from training.sample.plans import gtr_stages


class Masking:
    """Ratio from a normal (mean 1.0, std 0.25) cut to [minimum, 1]; tokens known in a random order or, of the share
    `planned` of the images, in that of the two-stage sampler, whose sub-stages are patterns that chance does not draw.
    """

    def __init__(self, side: int, minimum: float, planned: float = 0, device: torch.device | None = None):
        self.tokens, self.minimum, self.planned = side * side, minimum, planned
        self.stage = torch.empty(self.tokens, device=device)  # k of each token's sub-stage S_k
        for k, tokens in enumerate(gtr_stages(side, side)):
            self.stage[tokens] = k

    def count(self) -> int:
        while True:
            ratio = torch.randn(()).item() * 0.25 + 1.0
            if self.minimum <= ratio <= 1.0:
                return math.ceil(self.tokens * ratio)

    def orders(self, batch: int) -> torch.Tensor:
        """[batch, tokens], first to last known; random, or random inside of each sub-stage."""
        planned = torch.rand(batch, 1, device=self.stage.device) < self.planned
        return (torch.rand(batch, self.tokens, device=self.stage.device) + planned * self.stage).argsort(dim=1)
