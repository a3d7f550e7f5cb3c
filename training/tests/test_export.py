"""A model directory comes back as the networks that were exported."""

from dataclasses import asdict

import pytest
import torch

from training.data.catalogue import FRUITS
from training.model import directory
from training.model.mar import MAR, MARConfig
from training.model.vae import VAE, VAEConfig
from training.train.export import describe
from training.train.mar import begin_with

SMALL = MARConfig(grid=4, encoder_width=32, encoder_depth=1, encoder_heads=2, decoder_width=32, decoder_depth=1,
                  decoder_heads=2, buffer_tokens=3, head_width=16, head_depth=1, classes=32)


def checkpoints(**vae_changes) -> tuple[dict, dict]:
    """Of a MAR and an autoencoder with random weights, as the trainings write them."""
    mar, config = MAR(SMALL), VAEConfig(channels=32, channel_multipliers=(1, 1), residual_blocks=1, image_channels=3,
                                        **vae_changes)
    return ({"config": asdict(SMALL), "scaling": 0.9, "step": 3, "images": 96, "loss": 0.25, "ema": mar.state_dict()},
            {"config": asdict(config), "model": VAE(config).state_dict()})


@pytest.mark.parametrize("groups, said", [(32, {}), (8, {"norm_groups": 8})])
@torch.no_grad()
def test_norm_groups_are_told_where_they_are_not_32_and_read_back(tmp_path, groups, said):
    mar, vae = checkpoints(norm_groups=groups)
    description = describe(FRUITS, mar, vae, "gtr-16", 3.0)
    assert {name: value for name, value in description["vae"].items() if name == "norm_groups"} == said
    directory.write(tmp_path, directory.tensors_to_ship(mar["ema"], vae["model"], torch.float32), description)
    _, loaded, read = directory.load(tmp_path)
    trained = VAE(VAEConfig(**vae["config"]))
    trained.load_state_dict(vae["model"])
    latents = torch.randn(2, 4, 4, 4)
    assert torch.equal(loaded.decode(latents), trained.decode(latents))
    assert read["classes"][31]["name"] == "yellow pepper" and len(read["classes"]) == 32
    assert read["defaults"]["guidance"] == 3


def test_a_checkpoint_older_than_the_choice_of_groups_has_32():
    mar, vae = checkpoints()
    del vae["config"]["norm_groups"]
    assert "norm_groups" not in describe(FRUITS, mar, vae, "gtr-16", 3.0)["vae"]


def test_training_goes_on_from_a_model_directory(tmp_path):
    mar, vae = checkpoints()
    directory.write(tmp_path, directory.tensors_to_ship(mar["ema"], vae["model"], torch.float32),
                    describe(FRUITS, mar, vae, "gtr-16", 3.0))
    weights = begin_with(tmp_path, torch.device("cpu"))
    assert weights.keys() == {name for name, _ in MAR(SMALL).named_parameters()}
    assert all(torch.equal(weight, mar["ema"][name]) for name, weight in weights.items())


def test_the_mask_schedule_is_told_where_it_is_not_the_published_one():
    mar, vae = checkpoints()
    assert "mask_schedule" not in describe(FRUITS, mar, vae, "gtr-16", 3.0)["defaults"]
    defaults = describe(FRUITS, mar, vae, "gtr-16", 3.0, mask_schedule="cosine")["defaults"]
    assert defaults["mask_schedule"] == "cosine"
