"""Train the KL autoencoder: L1 + L2 + 1e-3 KL (each a mean over its elements).

AdamW, cosine to zero over the time given, bf16 autocast. Restarting the same command resumes. With `--encoder linear`
only the decoder is trained.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F

from training.data.catalogue import DATASETS, add_dataset_arguments
from training.data.pixels import random_crops, to_unit
from training.model.checkpoint import save_checkpoint
from training.model.device import autocast, pick_device
from training.model.vae import VAE, LinearEncoder, VAEConfig
from training.train.run import Clock, cosine, log_line

WARMUP_STEPS = 100
CHECKPOINT_EVERY_S = 120


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_dataset_arguments(p)
    p.add_argument("--out", type=Path, default=Path("runs/vae"))
    p.add_argument("--minutes", type=float, default=40)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--kl", type=float, default=1e-3)
    p.add_argument("--encoder", choices=("convolutional", "linear"), default="convolutional")
    p.add_argument("--multipliers", type=int, nargs="+", default=[1, 2, 2], help="width of each level over the first")
    p.add_argument("--residual-blocks", type=int, default=2)
    p.add_argument("--latent-channels", type=int, default=4)
    p.add_argument("--crop", type=int, help="side of the random crops trained on, first")
    p.add_argument("--crops-until", type=float, default=0.9, help="part of the time in which crops are trained on")
    p.add_argument("--norm-groups", type=int, default=32)
    p.add_argument("--posterior-std", type=float, default=0.15, help="of the linear encoder")
    p.add_argument("--components", type=Path, help="checkpoint whose linear encoder to take over")
    p.add_argument("--device", default="auto")
    p.add_argument("--compile", action="store_true", help="torch.compile the network (needs a C++ compiler)")
    p.add_argument("--max-steps", type=int, default=0, help="stop after so many steps of this run (0: by time only)")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


def loss_terms(reconstruction, images, mean, std):
    """L1 + L2 over pixels, and KL(N(mean, std) || N(0, 1)) over latent elements; all fp32 scalars."""
    difference = reconstruction.float() - images
    kl = 0.5 * (mean.square() + std.square() - 1 - 2 * std.log())
    return difference.abs().mean() + difference.square().mean(), kl.mean()


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    device = pick_device(args.device)
    torch.manual_seed(args.seed)
    dataset = DATASETS[args.dataset]
    images = dataset.load("train", args.data)[0].to(device)

    config = VAEConfig(channel_multipliers=tuple(args.multipliers), residual_blocks=args.residual_blocks,
                       latent_channels=args.latent_channels, image_channels=dataset.channels, encoder=args.encoder,
                       norm_groups=args.norm_groups, posterior_std=args.posterior_std)
    model = VAE(config).to(device, memory_format=torch.channels_last)
    if args.components:
        start = torch.load(args.components, map_location=device, weights_only=True)["model"]
        model.encoder.load_state_dict({n.removeprefix("encoder."): w for n, w in start.items() if n.startswith("encoder.")})
    elif isinstance(model.encoder, LinearEncoder):
        model.encoder.fit(to_unit(images))
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, betas=(0.9, 0.99), weight_decay=1e-4)
    checkpoint = args.out / "last.pt"
    step, elapsed_s = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, elapsed_s = state["step"], state["elapsed_s"]
    torch.manual_seed(args.seed + step)
    forward = torch.compile(model) if args.compile else model

    def state() -> dict:
        return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "config": asdict(config),
                "step": step, "images": step * args.batch, "loss": running, "elapsed_s": clock.elapsed_s}

    clock, running, last_save = Clock(args.minutes, elapsed_s), 0.0, time.monotonic()
    first_step, window, window_start = step, 0, time.monotonic()
    while clock.progress < 1 and not (args.max_steps and step - first_step >= args.max_steps):
        for group in optimizer.param_groups:
            group["lr"] = args.lr * cosine(clock.progress) * min(1.0, (step + 1) / WARMUP_STEPS)
        batch = images[torch.randint(len(images), (args.batch,), device=device)]
        if args.crop and clock.progress < args.crops_until:
            batch = random_crops(batch, args.crop)
        batch = to_unit(batch)
        side = batch.shape[-1] // config.stride
        batch = torch.where(torch.rand(args.batch, 1, 1, 1, device=device) < 0.5, batch.flip(3), batch)
        batch = batch.contiguous(memory_format=torch.channels_last)
        noise = torch.randn(args.batch, config.latent_channels, side, side, device=device)
        with autocast(device):
            reconstruction, mean, std = forward(batch, noise)
        pixel, kl = loss_terms(reconstruction, batch, mean, std)
        optimizer.zero_grad(set_to_none=True)
        (pixel + args.kl * kl).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        window += 1
        running = pixel.item() if running == 0 else 0.98 * running + 0.02 * pixel.item()
        if step % 50 == 0 or step == first_step + 5:
            now = time.monotonic()
            log_line(args.out / "log.jsonl", step=step, pixel=running, kl=kl.item(), std=std.mean().item(),
                     lr=optimizer.param_groups[0]["lr"], images_per_s=window * args.batch / (now - window_start),
                     elapsed_s=clock.elapsed_s)
            window, window_start = 0, now
        if time.monotonic() - last_save > CHECKPOINT_EVERY_S:
            save_checkpoint(checkpoint, state())
            last_save = time.monotonic()
    save_checkpoint(checkpoint, state())
    log_line(args.out / "log.jsonl", done=True, step=step, pixel=running, elapsed_s=clock.elapsed_s)


if __name__ == "__main__":
    main()
