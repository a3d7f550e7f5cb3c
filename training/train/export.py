"""Write a model directory for the server from the two training checkpoints."""

import argparse
import datetime
from pathlib import Path

import torch

from training.data.catalogue import DATASETS, add_dataset_arguments
from training.data.dataset import Dataset
from training.model import directory
from training.model.quantised import in_8_bits
from training.model.vae import NORM_GROUPS
from training.sample.plans import MASK_SCHEDULES


def describe(dataset: Dataset, mar: dict, vae: dict, sampler: str, guidance: float,
             temperature: float = 1.0, mask_schedule: str = "linear") -> dict:
    """model.json of the two checkpoints, but for the checksum."""
    c, v = mar["config"], vae["config"]
    return {
        "format": 1,
        "name": dataset.name,
        "description": dataset.description,
        "license": dataset.licence,
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
            **({} if v.get("norm_groups", NORM_GROUPS) == NORM_GROUPS else {"norm_groups": v["norm_groups"]}),
        },
        "classes": [{"id": i, "name": name} | ({"synonyms": dataset.synonyms[name]} if name in dataset.synonyms else {})
                    for i, name in enumerate(dataset.classes)],
        "defaults": {"sampler": sampler, "guidance": guidance, "guidance_schedule": "linear", "temperature": temperature,
                     "timestep_clip": 950, **({} if mask_schedule == "linear" else {"mask_schedule": mask_schedule})},
        "provenance": {"data": dataset.source, "steps": mar["step"], "images": mar["images"],
                       "loss": round(mar["loss"], 4)},
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_dataset_arguments(p)
    p.add_argument("--vae", type=Path, default=Path("runs/vae/last.pt"))
    p.add_argument("--mar", type=Path, default=Path("runs/mar/last.pt"))
    p.add_argument("--out", type=Path, help="default: models/<dataset>")
    p.add_argument("--weights", choices=("ema", "raw"), default="ema")
    p.add_argument("--precision", choices=("bf16", "int8"), default="bf16",
                   help="int8: what compute.precision int8 multiplies in 8 bits, the rest in bf16")
    p.add_argument("--guidance", type=float, default=2.0)
    p.add_argument("--temperature", type=float, default=1.0)
    p.add_argument("--sampler", default="gtr-16")
    p.add_argument("--mask-schedule", choices=MASK_SCHEDULES, default="linear", help="in sub-stages of gtr-*")
    p.add_argument("--hardware", default="2 CPU cores")
    args = p.parse_args()
    dataset = DATASETS[args.dataset]
    mar = torch.load(args.mar, map_location="cpu", weights_only=True)
    vae = torch.load(args.vae, map_location="cpu", weights_only=True)
    description = describe(dataset, mar, vae, args.sampler, args.guidance, args.temperature,
                           args.mask_schedule)
    description["provenance"] |= {"hardware": args.hardware, "weights": args.weights,
                                  "precision": args.precision,
                                  "created": datetime.datetime.now(datetime.UTC).date().isoformat()}
    weights = mar["ema" if args.weights == "ema" else "model"]
    tensors = directory.tensors_to_ship(weights, vae["model"], torch.bfloat16)
    if args.precision == "int8":
        tensors = in_8_bits(tensors)
    path = directory.write(args.out or Path("models") / dataset.name, tensors, description)
    print(f"{path}: {len(tensors)} tensors, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
