"""Seams of pictures whose answer is known."""

import numpy as np
import pytest
import torch

from training.evaluate.seams import jumps, seams, seams_interval


def blocks(values: torch.Tensor, side: int) -> torch.Tensor:
    """[h, w] -> one image [1, 1, h * side, w * side], each value a square."""
    return values.repeat_interleave(side, 0).repeat_interleave(side, 1)[None, None].to(torch.uint8)


def test_a_slope_has_no_jumps():
    row = torch.arange(16) * 10
    assert jumps(row.expand(1, 3, 16, 16).to(torch.uint8), 4).tolist() == [[0, 0]]


def test_a_step_at_a_border_has_its_height_there_and_nothing_inside():
    across, inside = jumps(blocks(torch.tensor([[0, 80], [0, 80]]), 4), 4)[0]
    # One border along each row, with a jump of 80, and one along each column, without.
    assert (across, inside) == (40, 0)


def test_a_step_in_the_middle_of_tokens_is_inside():
    image = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
    image[..., 2:6] = 80
    across, inside = jumps(image, 4)[0]
    assert (across, inside) == (0, 40)


def test_a_step_beside_a_border_counts_half_at_the_border():
    """Between the first and the second pixel of a token: its row inside sees half of it too."""
    image = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
    image[..., 5:] = 80
    across, inside = jumps(image, 4)[0]
    assert (across, inside) == (20, 10)


def test_larger_tokens_have_more_places_inside():
    image = torch.zeros(1, 1, 16, 16, dtype=torch.uint8)
    image[..., 4:] = 80
    across, inside = jumps(image, 8)[0]
    # Of 10 places inside along a row the step takes one in full and two by half; along a column none of 10.
    assert (across, inside) == (0, pytest.approx(80 * 2 / 20))


def test_images_that_do_not_know_the_grid_have_1():
    noise = torch.randint(256, (200, 3, 64, 64), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    assert seams(jumps(noise, 4)) == pytest.approx(1, abs=0.01)


def test_tokens_that_differ_from_their_neighbours_have_more():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 10, (50, 3, 64, 64), generator=generator)
    offsets = torch.randint(0, 40, (50, 3, 16, 16), generator=generator)
    shifted = noise + offsets.repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert seams(jumps(shifted.to(torch.uint8), 4)) > 2


def test_the_ratio_is_of_the_means_and_flat_images_have_none():
    assert seams(np.array([[2.0, 1.0], [4.0, 3.0]])) == 1.5
    assert seams(np.zeros((3, 2))) is None
    assert seams_interval(np.zeros((3, 2)), np.zeros(3, int)) is None


def test_the_interval_holds_the_ratio_and_narrows():
    generator = np.random.default_rng(0)

    def interval(count: int) -> tuple[float, float]:
        sample = generator.uniform(1, 2, (count, 2)) * (1.5, 1)
        low, high = seams_interval(sample, np.arange(count) % 4)
        assert low < seams(sample) < high
        return low, high

    wide, narrow = interval(40), interval(4000)
    assert narrow[1] - narrow[0] < 0.3 * (wide[1] - wide[0])
    assert narrow[0] < 1.5 < narrow[1]


@pytest.mark.parametrize("side, token_side", [(64, 2), (4, 4)])
def test_tokens_too_small_or_alone_are_refused(side, token_side):
    with pytest.raises(ValueError, match="tokens of"):
        jumps(torch.zeros(1, 1, side, side, dtype=torch.uint8), token_side)
