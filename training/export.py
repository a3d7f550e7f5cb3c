"""Write a model directory for the server from the two training checkpoints."""

import argparse
import datetime
from pathlib import Path

import torch

import data
import model_directory

DESCRIPTION = "Fashion-MNIST articles, 32 x 32 grey, class-conditional"
DATA = "Fashion-MNIST training set (60,000 images, Zalando Research)"
SYNONYMS = {"T-shirt/top": ["t-shirt", "top"], "Trouser": ["trousers", "pants"], "Pullover": ["sweater"],
            "Sandal": ["sandals"], "Sneaker": ["sneakers", "trainer"], "Bag": ["handbag"],
            "Ankle boot": ["boot", "boots"]}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--vae", type=Path, default=Path("runs/vae/last.pt"))
    p.add_argument("--mar", type=Path, default=Path("runs/mar/last.pt"))
    p.add_argument("--out", type=Path, default=Path("models/fashion"))
    p.add_argument("--weights", choices=("ema", "raw"), default="ema")
    p.add_argument("--guidance", type=float, default=2.0)
    p.add_argument("--sampler", default="gtr-16")
    p.add_argument("--hardware", default="2 CPU cores")
    args = p.parse_args()
    mar = torch.load(args.mar, map_location="cpu", weights_only=True)
    vae = torch.load(args.vae, map_location="cpu", weights_only=True)
    c, v = mar["config"], vae["config"]
    description = {
        "format": 1,
        "name": "fashion",
        "description": DESCRIPTION,
        "license": "MIT",
        "grid": {"height": c["grid"], "width": c["grid"]},
        "latent_channels": c["latent_channels"],
        **{part: {"width": c[f"{part}_width"], "depth": c[f"{part}_depth"], "heads": c[f"{part}_heads"]}
           for part in ("encoder", "decoder")},
        "mlp_ratio": c["mlp_ratio"],
        "buffer_tokens": c["buffer_tokens"],
        "diffusion_head": {"width": c["head_width"], "depth": c["head_depth"]},
        "vae": {
            "channels": v["channels"],
            "channel_multipliers": list(v["channel_multipliers"]),
            "residual_blocks": v["residual_blocks"],
            "output_channels": v["image_channels"],
            "scaling": mar["scaling"],
        },
        "classes": [{"id": i, "name": name} | ({"synonyms": SYNONYMS[name]} if name in SYNONYMS else {})
                    for i, name in enumerate(data.CLASSES)],
        "defaults": {"sampler": args.sampler, "guidance": args.guidance, "guidance_schedule": "linear",
                     "temperature": 1.0},
        "provenance": {
            "data": DATA,
            "steps": mar["step"],
            "images": mar["images"],
            "loss": round(mar["loss"], 4),
            "hardware": args.hardware,
            "created": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "weights": args.weights,
        },
    }
    weights = mar["ema" if args.weights == "ema" else "model"]
    tensors = model_directory.tensors_to_ship(weights, vae["model"], torch.bfloat16)
    path = model_directory.write(args.out, tensors, description)
    print(f"{path}: {len(tensors)} tensors, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
