"""Weights in 8 bits: the engine's rounding, in the engine's places."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from training.data.catalogue import FRUITS
from training.model import directory
from training.model.quantised import as_numbers, in_8_bits, quantise
from training.tests.test_export import checkpoints
from training.train.export import describe

FIXTURE = "Tests/Fixtures/quantised.safetensors"


def test_quantises_bit_for_bit_as_the_fixture_that_the_engine_is_held_to():
    stored = load_file(FIXTURE)
    numbers, scales = quantise(stored["source"])
    assert torch.equal(numbers, stored["weight"]) and torch.equal(scales, stored["weight.scale"])
    assert numbers.min() == -127 and numbers.max() == 127 and bool((scales > 0).all())
    ordinary = stored["source"][:64]
    assert bool(((as_numbers(stored)["weight"][:64] - ordinary).abs() <= 0.5001 * scales[:64, None]).all())


@torch.no_grad()
def test_an_export_in_8_bits_quantises_what_is_inside_blocks_and_loads_again(tmp_path):
    mar, vae = checkpoints()
    plain = directory.tensors_to_ship(mar["ema"], vae["model"], torch.bfloat16)
    stored = in_8_bits(plain)
    quantised = sorted(name for name, tensor in stored.items() if tensor.dtype == torch.int8)
    block = ["attn.proj", "attn.qkv", "mlp.fc1", "mlp.fc2"]
    assert quantised == sorted(
        [f"mar.{part}_blocks.0.{layer}.weight" for part in ("encoder", "decoder") for layer in block]
        + [f"mar.diffloss.net.res_blocks.0.{layer}.weight" for layer in ("mlp.0", "mlp.2", "adaLN_modulation.1")])
    assert {name for name in stored if name not in plain} == {f"{name}.scale" for name in quantised}
    assert all(stored[name] is plain[name] for name in plain if name not in quantised)
    directory.write(tmp_path, stored, describe(FRUITS, mar, vae, "gtr-16", 3.0))
    network, _, _ = directory.load(tmp_path)
    name = "encoder_blocks.0.mlp.fc1.weight"
    loaded, trained = network.state_dict()[name], plain[f"mar.{name}"].float()
    assert torch.equal(loaded, stored[f"mar.{name}"].float() * stored[f"mar.{name}.scale"][:, None])
    assert float((loaded - trained).norm() / trained.norm()) == pytest.approx(0.005, abs=0.004)


def test_tensors_of_other_models_are_as_they_were(tmp_path):
    save_file({"a.scale": torch.ones(2), "a": torch.ones(2)}, tmp_path / "x.safetensors")
    assert set(as_numbers(load_file(tmp_path / "x.safetensors"))) == {"a", "a.scale"}
