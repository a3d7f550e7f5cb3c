"""Seams: do images break where one token ends and the next begins?

A token is decoded from noise of its own, so what two neighbours draw may not fit. The measure has to tell such a break
from what images have anyway, edges and slopes, and it must not depend on how rich in detail they are. So it is a
ratio, across borders of tokens over inside tokens, of the same *jump*: of four pixels in a row or column, the straight
line through the first two and that through the last two, both taken to the middle between them; the jump is how far
apart they are,

    | (c - b) - ((b - a) + (d - c)) / 2 |    for pixels a b | c d.

A slope has none, a step between b and c has its full height. With a b of one token and c d of the next it is a jump
across the border; with all four in one token it is one inside. On tokens of 4 x 4 pixels those inside are exactly the
rows and columns of a token, so no pixel pair of a border is counted as inside.

Pictures that know nothing of the grid have 1. Real images may not be that exactly: what they were compressed with
works on blocks too, and the autoencoder's decoder knows the grid. The floor are therefore real images, and their
reconstructions.
"""

from collections.abc import Iterator

import numpy as np
import torch

from training.evaluate.metrics import BOUNDS, ROUNDS, resamples

REACH = 4  # pixels in a row that a jump is taken from
AT_ONCE = 250  # images; bounds the memory


def jumps(images: torch.Tensor, token_side: int) -> np.ndarray:
    """Images [N, c, H, W] as bytes, tokens of `token_side` pixels -> mean jump across borders and mean jump inside
    tokens of each image, [N, 2], in levels of 0 to 255."""
    if token_side < REACH or min(images.shape[-2:]) < 2 * token_side:
        raise ValueError(f"jumps need {REACH} pixels in a token and a border: tokens of {token_side} pixels, "
                         f"images of {images.shape[-2]} x {images.shape[-1]}")
    return torch.cat([jumps_at_once(part, token_side) for part in images.split(AT_ONCE)]).numpy()


def jumps_at_once(images: torch.Tensor, token_side: int) -> torch.Tensor:
    across, inside = [], []
    for jump in both_ways(images.float()):
        # The jump at k is between pixels k + 1 and k + 2.
        offset = (torch.arange(jump.shape[-1]) + REACH // 2) % token_side
        across.append(jump[..., offset == 0].flatten(1))
        inside.append(jump[..., (offset >= REACH // 2) & (offset <= token_side - REACH // 2)].flatten(1))
    return torch.stack([torch.cat(part, 1).double().mean(1) for part in (across, inside)], dim=1)


def both_ways(images: torch.Tensor) -> Iterator[torch.Tensor]:
    """Jumps along the rows, [N, c, H, W - 3], and along the columns, [N, c, W, H - 3]."""
    for lines in (images, images.transpose(-1, -2)):
        slopes = lines.diff(dim=-1)
        yield (slopes[..., 1:-1] - (slopes[..., :-2] + slopes[..., 2:]) / 2).abs()


def seams(jumps: np.ndarray) -> float | None:
    """Jumps [N, 2] of some images -> across borders over inside; None where nothing jumps inside."""
    across, inside = jumps.mean(0)
    return float(across / inside) if inside > 0 else None


def seams_interval(jumps: np.ndarray, labels: np.ndarray, rounds: int = ROUNDS) -> tuple[float, float] | None:
    """95 % percentile interval over the images, stratified by class; None where a resample has no ratio."""
    ratios = [seams(jumps[index]) for index in resamples(labels, rounds)]
    if None in ratios:
        return None
    low, high = np.percentile(ratios, BOUNDS)
    return float(low), float(high)
