"""Costs against what the engine counts (`underpaint bench --json`, fields `gflop`), and by hand."""

import pytest

from training.evaluate.operations import Step, cosine_reveals, diffusion_evaluations, gflop, halton_reveals, plan
from training.sample.plans import mar_plan, random_orders

SMALL = {
    "grid": {"height": 8, "width": 8}, "latent_channels": 4, "mlp_ratio": 4, "buffer_tokens": 8,
    "encoder": {"width": 160, "depth": 4}, "decoder": {"width": 160, "depth": 4},
    "diffusion_head": {"width": 256, "depth": 3},
    "vae": {"channels": 32, "channel_multipliers": [1, 2, 2], "residual_blocks": 2, "output_channels": 1},
}
MAR_B = {
    "grid": {"height": 16, "width": 16}, "latent_channels": 16, "mlp_ratio": 4, "buffer_tokens": 64,
    "encoder": {"width": 768, "depth": 12}, "decoder": {"width": 768, "depth": 12},
    "diffusion_head": {"width": 1024, "depth": 6},
    "vae": {"channels": 128, "channel_multipliers": [1, 1, 2, 2, 4], "residual_blocks": 2, "output_channels": 3},
}


def gtr(*steps: int, fts: bool = True, beta: float = 0.1) -> dict:
    return {"preset": "gtr-16", "steps": list(steps), "detail_fraction": beta, "timestep_clip": 950, "fts": fts,
            "diffusion_steps": {"max": 50, "min": 20, "reconstruction": 20, "detail": 50}}


def one_stage(preset: str, steps: int, highest: int, lowest: int, clip: int | None) -> dict:
    return {"preset": preset, "steps": steps, "diffusion_steps": {"max": highest, "min": lowest}, "timestep_clip": clip}


@pytest.mark.parametrize("model, sampler, expected", [
    (SMALL, gtr(3, 1, 1), 9.996648),
    (SMALL, gtr(6, 2, 1), 11.708483),
    (SMALL, one_stage("mar-64", 16, 100, 100, None), 36.45957),
    (SMALL, one_stage("mar-256", 64, 100, 100, None), 61.68834),
    (SMALL, one_stage("halton-16", 4, 100, 100, None), 30.865875),
    (SMALL, one_stage("disa-64", 16, 50, 5, 950), 13.884331),
    (MAR_B, gtr(12, 3, 1), 3503.447294),
    (MAR_B, gtr(24, 6, 2), 5896.567816),
])
def test_operations_are_those_that_bench_counts(model, sampler, expected):
    steps = plan(sampler, model["grid"]["height"], model["grid"]["width"])
    assert gflop(model, steps, sampler["timestep_clip"], guided=True) == pytest.approx(expected, abs=1e-5)


def test_a_plan_has_detail_in_the_reconstruction_only():
    assert plan(gtr(3, 1, 1), 8, 8) == [
        Step(5, ((5, 50),)), Step(5, ((5, 40),)), Step(6, ((6, 30),)), Step(16, ((16, 20),)),
        Step(32, ((3, 50), (29, 20)))]


@pytest.mark.parametrize("settings, chains", [({"fts": False}, ((32, 20),)), ({"beta": 1.0}, ((32, 50),))])
def test_detail_for_none_or_all_leaves_one_chain(settings, chains):
    assert plan(gtr(3, 1, 1, **settings), 8, 8)[-1].chains == chains


def test_evaluations_count_every_token_and_what_the_clip_merges_once():
    mar = plan(one_stage("mar-64", 16, 100, 100, None), 8, 8)
    assert diffusion_evaluations(mar, None) == 64 * 100
    assert diffusion_evaluations(mar, 950) == 64 * 96


@pytest.mark.parametrize("L, steps", [(64, 5), (64, 16), (64, 64), (256, 64)])
def test_reveals_decide_every_token_and_some_in_each_step(L, steps):
    sampled = [step.tokens.shape[1] for step in mar_plan(random_orders(1, L, None), steps, 100)]
    assert cosine_reveals(L, steps) == sampled
    for reveals in (cosine_reveals(L, steps), halton_reveals(L, steps)):
        assert sum(reveals) == L and len(reveals) == steps and min(reveals) >= 1
