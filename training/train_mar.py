"""Train the masked autoregressive model on the latents of a trained autoencoder.

MAR (arXiv 2406.11838), sections 3 and 4: masking ratio from a truncated normal, class labels dropped for guidance, one
diffusion loss per masked token. Here one ratio per batch, so that the encoder really drops tokens at a fixed count.
AdamW; warm-up, flat, falling over the last part of the time given. Restarting the same command resumes.
"""

import argparse
import math
import time
from dataclasses import asdict
from pathlib import Path

import torch

import data
from common import Clock, autocast, log_line, pick_device, save_checkpoint
from diffusion import TRAINING_STEPS, TrainingLoss
from latents import load_latents
from model import MAR, MARConfig

CHECKPOINT_EVERY_S = 120


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--data", type=Path, default=data.DEFAULT_FOLDER)
    p.add_argument("--vae", type=Path, default=Path("runs/vae/last.pt"))
    p.add_argument("--out", type=Path, default=Path("runs/mar"))
    p.add_argument("--minutes", type=float, default=58)
    p.add_argument("--batch", type=int, default=96)
    p.add_argument("--lr", type=float, default=1.2e-3)
    p.add_argument("--warmup-steps", type=int, default=500)
    p.add_argument("--falling", type=float, default=0.4, help="last part of the time over which the rate falls to 0")
    p.add_argument("--weight-decay", type=float, default=0.02)
    p.add_argument("--clip", type=float, default=3.0)
    p.add_argument("--label-drop", type=float, default=0.1)
    p.add_argument("--mask-min", type=float, default=0.5,
                   help="smallest masking ratio; the two-stage sampler's last stage sees half of the tokens")
    p.add_argument("--diffusion-batch-mul", type=int, default=2)
    p.add_argument("--ema-decay", type=float, default=0.998)
    p.add_argument("--device", default="auto")
    p.add_argument("--compile", action="store_true", help="torch.compile the network (needs a C++ compiler)")
    p.add_argument("--max-steps", type=int, default=0, help="stop after so many steps of this run (0: by time only)")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


class Masking:
    """How many tokens to mask: ratio from a normal (mean 1.0, std 0.25) cut to [minimum, 1]."""

    def __init__(self, tokens: int, minimum: float):
        self.tokens, self.minimum = tokens, minimum

    def count(self) -> int:
        while True:
            ratio = torch.randn(()).item() * 0.25 + 1.0
            if self.minimum <= ratio <= 1.0:
                return math.ceil(self.tokens * ratio)


class TrainingPass(torch.nn.Module):
    """Everything that is compiled as one graph: tokens to head output."""

    def __init__(self, model: MAR):
        super().__init__()
        self.model = model

    def forward(self, tokens, known, masked, labels, dropped, x_t, t):
        """tokens [B, L, C], known [B, N], masked [B, M], labels and dropped [B], x_t [B * M * mul, C], t alike
        -> head output [B * M * mul, 2C]."""
        z = self.model(tokens, known, self.model.class_condition(labels, dropped))
        z = torch.gather(z, 1, masked[..., None].expand(-1, -1, z.shape[2])).reshape(-1, z.shape[2])
        return self.model.diffloss.net(x_t, t, z.repeat(len(t) // len(z), 1))


def parameter_groups(model: MAR, weight_decay: float) -> list[dict]:
    """No decay for biases, norms, embeddings of single vectors and the diffusion head, as in the reference."""
    plain = [p for n, p in model.named_parameters() if p.ndim == 1 or n.startswith("diffloss.")]
    decayed = [p for n, p in model.named_parameters() if p.ndim > 1 and not n.startswith("diffloss.")]
    return [{"params": plain, "weight_decay": 0.0}, {"params": decayed, "weight_decay": weight_decay}]


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    device = pick_device(args.device)
    torch.manual_seed(args.seed)
    latents, labels = load_latents(args.vae, args.data, device)
    config = MARConfig(grid=latents.side, latent_channels=latents.channels)
    model = MAR(config).to(device)
    optimizer = torch.optim.AdamW(parameter_groups(model, args.weight_decay), lr=args.lr, betas=(0.9, 0.95),
                                  fused=True)
    ema = {name: p.detach().clone() for name, p in model.named_parameters()}
    checkpoint = args.out / "last.pt"
    step, elapsed_s, running = 0, 0.0, None
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        ema = saved["ema"]
        step, elapsed_s, running = saved["step"], saved["elapsed_s"], saved["loss"]
    torch.manual_seed(args.seed + step)

    loss_of, masking, mul = TrainingLoss(device), Masking(config.tokens, args.mask_min), args.diffusion_batch_mul
    network = TrainingPass(model)
    forward = torch.compile(network, dynamic=True) if args.compile else network
    clock, last_save = Clock(args.minutes, elapsed_s), time.monotonic()

    def state() -> dict:
        return {"model": model.state_dict(), "ema": ema, "optimizer": optimizer.state_dict(),
                "config": asdict(config), "scaling": latents.scaling, "step": step, "images": step * args.batch,
                "loss": running, "elapsed_s": clock.elapsed_s}

    first_step, window, window_start = step, 0, time.monotonic()
    while clock.progress < 1 and not (args.max_steps and step - first_step >= args.max_steps):
        rate = args.lr * min(1.0, (step + 1) / args.warmup_steps) * min(1.0, (1 - clock.progress) / args.falling)
        for group in optimizer.param_groups:
            group["lr"] = rate
        index = torch.randint(len(labels), (args.batch,), device=device)
        tokens = latents.draw(index)
        order = torch.rand(args.batch, config.tokens, device=device).argsort(dim=1)
        count = masking.count()
        masked, known = order[:, :count], order[:, count:]
        dropped = torch.rand(args.batch, device=device) < args.label_drop
        target = torch.gather(tokens, 1, masked[..., None].expand(-1, -1, config.latent_channels))
        target = target.reshape(-1, config.latent_channels).repeat(mul, 1)
        t = torch.randint(TRAINING_STEPS, (len(target),), device=device)
        noise = torch.randn_like(target)
        x_t = loss_of.noised(target, noise, t)
        with autocast(device):
            output = forward(tokens, known, masked, labels[index], dropped, x_t, t)
        mse, variational = loss_of(output, target, x_t, noise, t)
        optimizer.zero_grad(set_to_none=True)
        (mse + variational).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), args.clip)
        optimizer.step()
        step += 1
        window += 1
        # While few steps have been made the horizon is a tenth of them.
        decay = min(args.ema_decay, step / (step + 10))
        torch._foreach_lerp_(list(ema.values()), [p.detach() for p in model.parameters()], 1 - decay)
        running = mse.item() if running is None else 0.99 * running + 0.01 * mse.item()
        if step % 50 == 0 or step == first_step + 5:
            now = time.monotonic()
            log_line(args.out / "log.jsonl", step=step, loss=running, variational=variational.item(), lr=rate,
                     images_per_s=window * args.batch / (now - window_start), elapsed_s=clock.elapsed_s)
            window, window_start = 0, now
        if time.monotonic() - last_save > CHECKPOINT_EVERY_S:
            save_checkpoint(checkpoint, state())
            last_save = time.monotonic()
    save_checkpoint(checkpoint, state())
    log_line(args.out / "log.jsonl", done=True, step=step, loss=running, elapsed_s=clock.elapsed_s)


if __name__ == "__main__":
    main()
