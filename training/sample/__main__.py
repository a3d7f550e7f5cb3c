"""Sample a model directory with our PyTorch sampler, to judge a checkpoint without the server.

    python -m training.sample models/fashion --count 200 --guidance 2.0 --out runs/samples
    python -m training.evaluate --folder runs/samples
"""

import argparse
import json
import time
from pathlib import Path

import torch
from PIL import Image

from training.data.pixels import to_bytes
from training.model import directory
from training.model.device import pick_device
from training.sample import plans
from training.sample.generation import RandomNoise, sample


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, help="model directory")
    p.add_argument("--out", type=Path, default=Path("runs/samples"))
    p.add_argument("--count", type=int, default=200, help="images in all, the classes in turn")
    p.add_argument("--batch", type=int, default=100)
    p.add_argument("--order", choices=("gtr", "mar"), default="gtr")
    p.add_argument("--steps", help="AR steps of each sub-stage (gtr), or in all (mar); default: of gtr-16, or mar-64")
    p.add_argument("--mask-schedule", choices=plans.MASK_SCHEDULES, default="linear", help="inside sub-stages (gtr)")
    p.add_argument("--diffusion-steps", default="50,20,20,50", help="T_max,T_min,T_rec,T_detail (gtr), or T (mar)")
    p.add_argument("--guidance", type=float, default=2.0)
    p.add_argument("--guidance-schedule", choices=("linear", "constant"), default="linear")
    p.add_argument("--temperature", type=float, default=1.0)
    p.add_argument("--timestep-clip", type=int, default=950, help="0: none")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--device", default="auto")
    args = p.parse_args()
    device = pick_device(args.device)
    mar, vae, description = directory.load(args.model, device)
    side, channels = mar.config.grid, mar.config.latent_channels
    stages = plans.gtr_stages(side, side)
    preset = [plans.scaled(steps, side) for steps in ((12, 3, 1) if args.order == "gtr" else (64,))]
    steps = [int(s) for s in args.steps.split(",")] if args.steps else preset
    diffusion = tuple(int(s) for s in args.diffusion_steps.split(","))
    generator = torch.Generator().manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    manifest, start = [], time.monotonic()
    for first in range(0, args.count, args.batch):
        labels = torch.arange(first, min(first + args.batch, args.count)) % mar.config.classes
        B = len(labels)
        if args.order == "gtr":
            orders = [torch.tensor(s)[plans.random_orders(B, len(s), generator)] for s in stages]
            plan = plans.gtr_plan(orders, steps, diffusion, args.mask_schedule)
        else:
            plan = plans.mar_plan(plans.random_orders(B, side * side, generator), steps[0], diffusion[0])
        tokens, _ = sample(
            mar, labels.to(device), plan, RandomNoise(channels, generator), guidance=args.guidance,
            temperature=args.temperature, timestep_clip=args.timestep_clip or None,
            guidance_schedule=args.guidance_schedule)
        latents = tokens.transpose(1, 2).reshape(B, channels, side, side) / description["vae"]["scaling"]
        with torch.no_grad():
            images = to_bytes(vae.decode(latents)).cpu()
        for n, (image, label) in enumerate(zip(images, labels.tolist()), start=first):
            name = f"{n:05}_{label}.png"
            Image.fromarray(image.permute(1, 2, 0).squeeze(2).numpy()).save(args.out / name)
            # All come from one generator: the number within the class stands for the seed.
            manifest.append({"file": name, "class_id": label, "seed": args.seed + n // mar.config.classes})
    (args.out / "images.json").write_text(json.dumps(manifest) + "\n")
    print(f"{args.count} images in {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
