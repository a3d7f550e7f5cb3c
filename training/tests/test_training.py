"""The parts of the training that have a known answer."""

import pytest
import torch

from training.model.diffusion import Chain, TrainingLoss, respaced_timesteps
from training.sample.plans import gtr_stages, mar_plan
from training.train.masking import Masking


def test_respaced_timesteps_keep_both_ends_and_merge_at_the_clip():
    assert respaced_timesteps(4, None) == [0, 333, 666, 999]
    kept = respaced_timesteps(100, 950)
    assert kept[0] == 0 and kept[-1] == 950 and len(kept) == 96


def test_exact_prediction_leaves_no_loss():
    """With the true eps and the variance of the posterior, both terms vanish."""
    torch.manual_seed(0)
    loss_of = TrainingLoss()
    x0, noise = torch.randn(64, 4), torch.randn(64, 4)
    # Above 100: near t = 0 the last bits of fp32 count against a posterior variance of 1e-5.
    t = torch.randint(100, 1000, (64,))
    x_t = loss_of.noised(x0, noise, t)
    mse, variational = loss_of(torch.cat([noise, -torch.ones(64, 4)], dim=1), x0, x_t, noise, t)
    assert mse.item() == 0
    assert abs(variational.item()) < 1e-2


def test_chain_of_true_eps_ends_at_the_data():
    torch.manual_seed(0)
    chain = Chain(respaced_timesteps(20, 950))
    x0 = torch.randn(8, 4)
    x = torch.randn(8, 4)
    for k in reversed(range(len(chain.timesteps))):
        index = torch.full((8,), k)
        eps = (x - chain.at("sqrt_abar", index) * x0) / chain.at("sqrt_noise", index)
        x, _ = chain.reverse(x, index, eps, torch.zeros(8, 4))
    assert (x - x0).abs().max() < 1e-4


def test_stages_partition_the_grid():
    stages = gtr_stages(16, 16)
    assert [len(s) for s in stages] == [64, 64, 128]
    assert sorted(sum(stages, [])) == list(range(256))


def test_reference_plan_decodes_every_token_once():
    orders = torch.rand(3, 64).argsort(dim=1)
    decoded = torch.cat([step.tokens for step in mar_plan(orders, 16, 100)], dim=1)
    assert decoded.sort(dim=1).values.tolist() == [list(range(64))] * 3


def test_masking_stays_in_its_range():
    counts = [Masking(8, 0.5).count() for _ in range(500)]
    assert min(counts) >= 32 and max(counts) <= 64 and len(set(counts)) > 20


def in_sub_stages(orders: torch.Tensor) -> torch.Tensor:
    """[B]: does each order [B, 64] go through the sub-stages one by one?"""
    ends = [set(tokens) for tokens in (gtr_stages(8, 8)[0], sum(gtr_stages(8, 8)[:2], []))]
    return torch.tensor([all(set(order[: len(end)].tolist()) == end for end in ends) for order in orders])


def test_masking_follows_the_sampler_in_its_share_of_the_images():
    torch.manual_seed(0)
    for share in (0.0, 0.5, 1.0):
        orders = Masking(8, 0.5, share).orders(400)
        assert orders.sort(dim=1).values.equal(torch.arange(64).expand(400, -1))
        assert in_sub_stages(orders).float().mean().item() == pytest.approx(share, abs=0.1)
        assert len(set(orders[:, 0].tolist())) > 10  # random inside
