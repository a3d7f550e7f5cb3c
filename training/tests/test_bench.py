"""The arithmetic of reference/bench.py: what it leaves out, and what it takes the plans to be."""

import pytest
import torch

from training.reference import bench
from training.sample.generation import Generation


def test_spread_goes_from_the_first_to_the_last():
    assert bench.spread(2, 64) == [0, 63]
    assert bench.spread(8, 64) == [0, 9, 18, 27, 36, 45, 54, 63]
    assert bench.spread(64, 64) == list(range(64))


def test_interpolation_is_exact_on_a_line_and_on_all_points():
    assert bench.interpolated_sum({0: 1.0, 63: 64.0}, 64) == pytest.approx(sum(range(1, 65)))
    measured = {0: 3.0, 1: 5.0, 2: 4.0}
    assert bench.interpolated_sum(measured, 3) == 12.0
    assert bench.interpolated_sum({0: 0.0, 2: 2.0, 4: 0.0}, 5) == 4.0


@pytest.mark.parametrize("name, grid, steps, clip", [
    ("mar-64", 16, 64, None), ("gtr-16", 16, 16, 950), ("mar-64", 8, 16, None), ("gtr-16", 8, 5, 950)])
def test_plans_are_those_of_the_presets(name, grid, steps, clip):
    plan, found = bench.make_plan(name, grid, torch.Generator().manual_seed(0))
    assert (len(plan), found) == (steps, clip)
    assert sorted(torch.cat([step.tokens for step in plan], dim=1)[0].tolist()) == list(range(grid * grid))
    assert plan[0].diffusion_steps == (100 if name == "mar-64" else 50)


def test_a_step_runs_on_the_canvas_of_the_steps_before_it():
    reference = bench.Reference(bench.SHAPES["tiny"])
    plan, clip = bench.make_plan("mar-64", 8, reference.generator)
    generation = reference.generation(clip)
    assert reference.advance(generation, plan, 5, diffusion_steps=2) > 0
    expected = sorted(torch.cat([step.tokens for step in plan[:6]], dim=1)[0].tolist())
    assert generation.known[0].tolist() == expected
    assert isinstance(generation, Generation) and generation.tokens.isfinite().all()
