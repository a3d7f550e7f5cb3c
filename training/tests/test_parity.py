"""Our PyTorch model and sampler against the reference traces in Tests/Fixtures/tiny (fp32)."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from training.model import directory
from training.sample import plans
from training.sample.generation import sample

FOLDER = Path(__file__).parents[2] / "Tests" / "Fixtures" / "tiny"


class ReplayedNoise:
    """The noise of a trace: initial [B, L, C], steps [B, L, T, C]."""

    def __init__(self, initial, steps):
        self.initials, self.steps = initial, steps

    def initial(self, image, token):
        return self.initials[image, token]

    def step(self, image, token, k):
        return self.steps[image, token, k]


@pytest.fixture(scope="module")
def trace():
    with safe_open(FOLDER / "trace.safetensors", "pt") as f:
        return {name: f.get_tensor(name) for name in f.keys()}


@pytest.fixture(scope="module")
def settings():
    with safe_open(FOLDER / "trace.safetensors", "pt") as f:
        return f.metadata()


@pytest.fixture(scope="module")
def networks():
    return directory.load(FOLDER)


@pytest.fixture(scope="module")
def mar(networks):
    return networks[0]


def relative_error(ours, reference):
    return ((ours - reference).norm() / reference.norm()).item()


def as_image(tokens, grid=8):
    """[B, L, C] -> [B, C, h, w]."""
    return tokens.transpose(1, 2).reshape(len(tokens), -1, grid, grid)


@torch.no_grad()
def test_encoder_and_decoder_agree(mar, trace):
    mask = trace["blocks.mask"]
    known = torch.stack([(row == 0).nonzero()[:, 0] for row in mask])
    encoded = mar.encode(trace["blocks.tokens"], known, mar.class_condition(trace["blocks.labels"]))
    assert relative_error(encoded, trace["blocks.encoder_out"]) < 1e-5
    assert relative_error(mar.decode(encoded, known), trace["blocks.z"]) < 1e-5


@torch.no_grad()
def test_diffusion_head_agrees(mar, trace):
    out = mar.diffloss.net(trace["head.x"], trace["head.t"], trace["head.c"])
    assert relative_error(out, trace["head.out"]) < 1e-5


@pytest.mark.parametrize("name, guided", [("official", True), ("official_nocfg", False)])
def test_reference_loop_agrees(mar, trace, settings, name, guided):
    plan = plans.mar_plan(trace[f"{name}.orders"], int(settings["num_iter"]), int(settings["diffusion_steps"]))
    noise = ReplayedNoise(trace[f"{name}.initial_noise"], trace[f"{name}.step_noise"])
    tokens, _ = sample(
        mar, trace[f"{name}.labels"], plan, noise, guidance=float(settings["cfg"]) if guided else 1.0,
        temperature=float(settings["temperature" if guided else "nocfg_temperature"]),
        timestep_clip=int(settings["timestep_clip"]))
    assert relative_error(as_image(tokens), trace[f"{name}.latents"]) < 1e-4


@pytest.mark.parametrize("group, reuse", [("gtr", 1), ("gtr_reuse", 3)])
def test_two_stage_loop_agrees(mar, trace, settings, group, reuse):
    orders = [trace[f"gtr.order{k}"] for k in range(3)]
    assert [sorted(o[0].tolist()) for o in orders] == plans.gtr_stages(8, 8)
    plan = plans.gtr_plan(orders, [int(s) for s in settings["gtr.steps"].split(",")],
                            tuple(int(s) for s in settings["gtr.diffusion_steps"].split(",")))
    noise = ReplayedNoise(trace["gtr.initial_noise"], trace["gtr.step_noise"])
    tokens, picked = sample(
        mar, trace["gtr.labels"], plan, noise, guidance=float(settings["cfg"]),
        temperature=float(settings["gtr.temperature"]), timestep_clip=int(settings["timestep_clip"]),
        detail_fraction=float(settings["gtr.detail_fraction"]), guidance_reuse=reuse)
    assert settings["gtr_reuse.guidance_reuse"] == "3"
    assert sorted(picked.tolist()) == sorted(trace[f"{group}.detail_tokens"].tolist())
    assert relative_error(as_image(tokens), trace[f"{group}.latents"]) < 1e-4


def test_reused_guidance_differs_from_computed_guidance(trace):
    assert relative_error(trace["gtr_reuse.latents"], trace["gtr.latents"]) > 5e-4


@torch.no_grad()
def test_image_decoder_agrees(networks, trace):
    _, vae, description = networks
    image = vae.decode(trace["vae.latents"] / description["vae"]["scaling"])
    assert relative_error(image, trace["vae.image"]) < 1e-4
