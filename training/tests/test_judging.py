"""The whole way of `python -m training.evaluate`, with an engine that paints noise and classes of noise."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from training.data.catalogue import FRUITS
from training.evaluate import results
from training.evaluate.engine import Engine
from training.evaluate.judge import CLASSIFIERS
from training.evaluate.judging import judge_autoencoder, judge_samplers
from training.evaluate.quality import Reference
from training.evaluate.tables import table
from training.evaluate.variants import groups
from training.model.vae import VAE, VAEConfig

REPORT = {"settings": {"guidance": 2}, "per_image": {"gflop": 9.99664812, "diffusion_evaluations": 1653}}
MODEL = {"name": "fruits", "weights_sha256": "aa", "defaults": {}, "grid": {"height": 16, "width": 16},
         "latent_channels": 8, "mlp_ratio": 4, "buffer_tokens": 8, "encoder": {"width": 192, "depth": 4},
         "decoder": {"width": 192, "depth": 4}, "diffusion_head": {"width": 256, "depth": 3},
         "vae": {"channels": 32, "channel_multipliers": [1, 2, 4], "residual_blocks": 1, "output_channels": 3}}

BINARY = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
import numpy as np
from PIL import Image
flags = dict(zip(sys.argv, sys.argv[1:]))
out, first, entries = Path(flags["-o"]), int(flags["--seed"]), []
with open(Path(sys.argv[0]).with_name("calls"), "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + chr(10))
for label in range(32):
    for seed in range(first, first + int(flags["--count"])):
        pixels = np.random.default_rng([label, seed]).integers(256, size=(64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(out / f"{{label}}-{{seed}}.png")
        entries.append({{"file": f"{{label}}-{{seed}}.png", "class_id": label, "seed": seed}})
(out / "images.json").write_text(json.dumps(entries))
print('{json.dumps(REPORT)}')
"""


def noise(location: Path, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Four images of each class."""
    labels = torch.arange(32).repeat(4)
    generator = torch.Generator().manual_seed(len(split))
    return torch.randint(256, (128, 3, 64, 64), generator=generator, dtype=torch.uint8), labels


@pytest.fixture
def reference(tmp_path) -> Reference:
    torch.manual_seed(0)
    weights = tmp_path / "judge.safetensors"
    save_file(CLASSIFIERS["fruits"]().state_dict(), weights)
    return Reference(replace(FRUITS, read=noise), None, weights)


@pytest.fixture
def engine(tmp_path) -> Engine:
    model = tmp_path / "models" / "fruits"
    model.mkdir(parents=True)
    (model / "model.json").write_text(json.dumps(MODEL))
    binary = tmp_path / "underpaint"
    binary.write_text(BINARY)
    binary.chmod(0o755)
    return Engine.of(binary, model)


def judge(engine: Engine, reference: Reference, **changes) -> dict:
    arguments = {"samplers": [], "groups": ["colour"], "without": [], "count": 2, "subset": None, "seed": 1,
                 "keep": None, "vae": None, "data": None}
    out = engine.model / "evaluation.json"
    judge_samplers(engine, reference, out, argparse.Namespace(**arguments | changes))
    return json.loads(out.read_text())


def test_a_group_is_judged_on_32_classes_and_only_what_is_missing_again(engine, reference, tmp_path):
    keep = tmp_path / "kept"
    content = judge(engine, reference, keep=keep)
    names = [variant.name for variant in groups(16)["colour"].variants]
    assert list(content["samplers"]) == names
    for entry in (content["floor"], *content["samplers"].values()):
        assert entry["images"] == 64 and len(entry["per_class"]) == 32
        low, high = entry["seams_interval"]
        assert low <= entry["seams"] <= high and entry["seams"] == pytest.approx(1, abs=0.05)
    assert content["samplers"]["gtr-16"]["gflop_per_image"] == 9.9966
    assert content["samplers"]["gtr-16"]["diffusion_evaluations"] == 1653
    calls = tmp_path / "calls"
    assert len(calls.read_text().splitlines()) == len(names) == 4

    del content["samplers"]["gtr-32"]
    results.save(engine.model / "evaluation.json", content)
    assert list(judge(engine, reference, keep=keep)["samplers"]) == [*(n for n in names if n != "gtr-32"), "gtr-32"]
    assert len(calls.read_text().splitlines()) == 4  # the images were kept

    judged = judge(engine, reference, samplers=["gtr-16"], groups=[], count=4, subset=2)
    assert judged["samplers"]["gtr-16"]["images"] == 128
    assert judged["samplers"]["gtr-16"]["subset"]["images"] == judged["samplers"]["gtr-16 odd first"]["images"] == 64
    text = table(groups(16)["colour"], judged)
    assert "64 images each" in text and "| seams |" in text and "*real training images*" in text


def test_reconstructions_have_a_psnr_and_stand_beside_the_floor(engine, reference, tmp_path):
    torch.manual_seed(0)
    vae = VAE(VAEConfig(channel_multipliers=(1, 1, 1), residual_blocks=1, image_channels=3)).eval()
    found = judge_autoencoder(vae, reference, *noise(Path(), "test"))
    assert list(found) == ["reconstructions, posterior mean", "reconstructions, posterior sample"]
    assert all(3 < quality["psnr"] < 15 and quality["images"] == 128 for quality in found.values())

    path = tmp_path / "vae.pt"
    torch.save({"config": vars(vae.config), "model": vae.state_dict()}, path)
    content = judge(engine, reference, samplers=["gtr-16"], groups=[], vae=path)
    assert content["reconstructions"]["images"] == content["floor"]["images"] == 64
    assert content["reconstructions"]["seams"] != content["floor"]["seams"]
