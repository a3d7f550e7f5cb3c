"""Convert the reference traces (official checkpoint format plus `trace.safetensors`) to a model directory for tests.

    python -m training.reference.fixture PARITY_FOLDER Tests/Fixtures/tiny
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors import safe_open

from training.model import directory

SCALING = 0.2325  # of the published KL-16, which the traces use


def describe(config: dict, weights: dict) -> dict:
    """model.json of the trace's configuration."""
    side = config["img_size"] // config["vae_stride"]
    return {
        "format": 1,
        "name": "tiny",
        "description": "Test fixture: a small MAR trained briefly on synthetic latents, with reference traces.",
        "license": "MIT",
        "grid": {"height": side, "width": side},
        "latent_channels": config["vae_embed_dim"],
        **{part: {"width": config[f"{part}_embed_dim"], "depth": config[f"{part}_depth"],
                  "heads": config[f"{part}_num_heads"]} for part in ("encoder", "decoder")},
        "mlp_ratio": 4,
        "buffer_tokens": config["buffer_size"],
        "diffusion_head": {"width": config["diffloss_w"], "depth": config["diffloss_d"]},
        "vae": {
            "channels": config["vae_ch"],
            "channel_multipliers": config["vae_ch_mult"],
            "residual_blocks": sum(name.startswith("decoder.up.0.block.") and name.endswith("conv1.weight")
                                   for name in weights) - 1,
            "output_channels": weights["decoder.conv_out.weight"].shape[0],
            "scaling": SCALING,
        },
        "classes": [{"id": i, "name": f"class {i}"} for i in range(config["class_num"])],
        "defaults": {"sampler": "gtr-16", "guidance": 3.0, "guidance_schedule": "linear", "temperature": 1.0},
        "provenance": {"data": "synthetic latents", "weights": "ema"},
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("source", type=Path, help="folder with checkpoint-last.pth, kl.ckpt and trace.safetensors")
    p.add_argument("out", type=Path)
    args = p.parse_args()
    # The official format keeps an argparse.Namespace beside the tensors.
    with torch.serialization.safe_globals([argparse.Namespace]):
        mar = torch.load(args.source / "checkpoint-last.pth", map_location="cpu", weights_only=True)["model_ema"]
        vae = torch.load(args.source / "kl.ckpt", map_location="cpu", weights_only=True)["model"]
    with safe_open(args.source / "trace.safetensors", "pt") as trace:
        config = json.loads(trace.metadata()["config"])
    tensors = directory.tensors_to_ship(mar, vae, torch.float32)
    print(directory.write(args.out, tensors, describe(config, vae)))
    shutil.copyfile(args.source / "trace.safetensors", args.out / "trace.safetensors")


if __name__ == "__main__":
    main()
