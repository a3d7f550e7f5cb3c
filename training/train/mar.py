"""Train the masked autoregressive model on the latents of a trained autoencoder.

MAR (arXiv 2406.11838), sections 3 and 4: masking ratio from a truncated normal, class labels dropped for guidance, one
diffusion loss per masked token. Here one ratio per batch, so that the encoder really drops tokens at a fixed count.
AdamW, or Muon for the matrices of the transformer; warm-up, flat, falling over the last part of the time given.
Restarting the same command resumes. `--start` begins with the weights of another run, on any grid: first a coarse
grid (`--halvings 1`), then the full one.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import torch

from training.data.catalogue import DATASETS, add_dataset_arguments
from training.model import directory
from training.model.checkpoint import on_grid, save_checkpoint
from training.model.device import autocast, pick_device
from training.model.diffusion import TRAINING_STEPS, TrainingLoss
from training.model.mar import MAR, MARConfig
from training.train.latents import Latents, load_latents
from training.train.masking import Masking
from training.train.optimizers import make_optimizers
from training.train.run import Clock, log_line

CHECKPOINT_EVERY_S = 120


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_dataset_arguments(p)
    p.add_argument("--vae", type=Path, default=Path("runs/vae/last.pt"))
    p.add_argument("--out", type=Path, default=Path("runs/mar"))
    p.add_argument("--start", type=Path, help="checkpoint whose EMA weights to begin with, or model directory")
    p.add_argument("--minutes", type=float, default=58)
    p.add_argument("--width", type=int, default=160, help="of encoder and decoder")
    p.add_argument("--depth", type=int, default=4, help="blocks of the encoder, and of the decoder")
    p.add_argument("--heads", type=int, default=5)
    p.add_argument("--buffer-tokens", type=int, default=8)
    p.add_argument("--head-width", type=int, default=256)
    p.add_argument("--dropout", type=float, default=0.0)
    p.add_argument("--halvings", type=int, default=0, help="how often the sides of the images are halved")
    p.add_argument("--batch", type=int, default=96)
    p.add_argument("--optimizer", choices=("adamw", "muon"), default="adamw")
    p.add_argument("--lr", type=float, default=1.2e-3)
    p.add_argument("--warmup-steps", type=int, default=500)
    p.add_argument("--falling", type=float, default=0.4, help="last part of the time over which the rate falls to 0")
    p.add_argument("--weight-decay", type=float, default=0.02)
    p.add_argument("--clip", type=float, default=3.0)
    p.add_argument("--label-drop", type=float, default=0.1)
    p.add_argument("--mask-min", type=float, default=0.5,
                   help="smallest masking ratio; the two-stage sampler's last stage sees half of the tokens")
    p.add_argument("--planned", type=float, default=0,
                   help="share of images with tokens in the two-stage sampler's order")
    p.add_argument("--decoded", type=int, default=0,
                   help="masked tokens decoded per image, those that are next in its order (0: all)")
    p.add_argument("--decode-all", type=float, default=0.15, help="last part of the time in which all are decoded")
    p.add_argument("--diffusion-batch-mul", type=int, default=2)
    p.add_argument("--ema-decay", type=float, default=0.998)
    p.add_argument("--device", default="auto")
    p.add_argument("--compile", action="store_true", help="torch.compile the network (needs a C++ compiler)")
    p.add_argument("--max-steps", type=int, default=0, help="stop after so many steps of this run (0: by time only)")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


def begin_with(path: Path, device: torch.device) -> dict[str, torch.Tensor]:
    """Weights of a model directory, or the EMA weights of a checkpoint."""
    if path.is_dir():
        return dict(directory.load(path, device)[0].named_parameters())
    return torch.load(path, map_location=device, weights_only=True)["ema"]


class TrainingPass(torch.nn.Module):
    """Everything that is compiled as one graph: tokens to head output."""

    def __init__(self, model: MAR):
        super().__init__()
        self.model = model

    def forward(self, tokens, known, wanted, labels, dropped, x_t, t):
        """tokens [B, L, C], known [B, N], wanted [B, M], labels and dropped [B], x_t [B * M * mul, C], t alike
        -> head output [B * M * mul, 2C]."""
        encoded = self.model.encode(tokens, known, self.model.class_condition(labels, dropped))
        z = self.model.decode_wanted(encoded, known, wanted).flatten(0, 1)
        return self.model.diffloss.net(x_t, t, z.repeat(len(t) // len(z), 1))


class Training:
    """A model, and what its training remembers from step to step and over restarts."""

    def __init__(self, args: argparse.Namespace, latents: Latents, labels: torch.Tensor, classes: int,
                 device: torch.device):
        self.args, self.latents, self.labels, self.device = args, latents, labels, device
        self.config = MARConfig(
            grid=latents.side, latent_channels=latents.channels, encoder_width=args.width, decoder_width=args.width,
            encoder_depth=args.depth, decoder_depth=args.depth, encoder_heads=args.heads, decoder_heads=args.heads,
            buffer_tokens=args.buffer_tokens, head_width=args.head_width, classes=classes, dropout=args.dropout)
        self.model = MAR(self.config).to(device)
        if args.start:
            self.model.load_state_dict(on_grid(begin_with(args.start, device), self.config))
        self.optimizers = make_optimizers(self.model, args.optimizer, args.lr, args.weight_decay)
        self.ema = {name: p.detach().clone() for name, p in self.model.named_parameters()}
        self.step, self.running = 0, None  # steps made; the running mean of their losses
        self.checkpoint, elapsed_s = args.out / "last.pt", 0.0
        if self.checkpoint.exists():
            elapsed_s = self.resume(torch.load(self.checkpoint, map_location=device, weights_only=True))
        self.loss_of = TrainingLoss(device)
        self.masking = Masking(self.config.grid, args.mask_min, args.planned, device)
        network = TrainingPass(self.model)
        self.forward = torch.compile(network, dynamic=True) if args.compile else network
        self.clock = Clock(args.minutes, elapsed_s)

    def resume(self, saved: dict) -> float:
        """Go on from a checkpoint; the seconds that were trained."""
        self.model.load_state_dict(saved["model"])
        for optimizer, kept in zip(self.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        self.ema, self.step, self.running = saved["ema"], saved["step"], saved["loss"]
        return saved["elapsed_s"]

    def save(self) -> None:
        save_checkpoint(self.checkpoint, {
            "model": self.model.state_dict(), "ema": self.ema, "optimizers": [o.state_dict() for o in self.optimizers],
            "config": asdict(self.config), "scaling": self.latents.scaling, "step": self.step,
            "images": self.step * self.args.batch, "loss": self.running, "elapsed_s": self.clock.elapsed_s})

    def rate(self) -> float:
        """The learning rate of the next step: warm-up, flat, falling to 0 at the end."""
        args = self.args
        warm, left = (self.step + 1) / args.warmup_steps, (1 - self.clock.progress) / args.falling
        return args.lr * min(1.0, warm) * min(1.0, left)

    def losses(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Squared error and variational term of one batch that is drawn."""
        args, device, C = self.args, self.device, self.config.latent_channels
        index = torch.randint(len(self.labels), (args.batch,), device=device)
        tokens = self.latents.draw(index)
        known, wanted = self.masking.orders(args.batch).tensor_split([-self.masking.count()], dim=1)
        if args.decoded and self.clock.progress < 1 - args.decode_all:
            wanted = wanted[:, : args.decoded]
        dropped = torch.rand(args.batch, device=device) < args.label_drop
        target = torch.gather(tokens, 1, wanted[..., None].expand(-1, -1, C))
        target = target.reshape(-1, C).repeat(args.diffusion_batch_mul, 1)
        t = torch.randint(TRAINING_STEPS, (len(target),), device=device)
        noise = torch.randn_like(target)
        x_t = self.loss_of.noised(target, noise, t)
        with autocast(device):
            output = self.forward(tokens, known, wanted, self.labels[index], dropped, x_t, t)
        return self.loss_of(output, target, x_t, noise, t)

    def advance(self) -> dict[str, float]:
        """One step; what of it the log shows."""
        rate = self.rate()
        for group in (group for optimizer in self.optimizers for group in optimizer.param_groups):
            group["lr"] = rate
        mse, variational = self.losses()
        self.model.zero_grad(set_to_none=True)
        (mse + variational).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.args.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        # While few steps have been made the horizon is a tenth of them.
        decay = min(self.args.ema_decay, self.step / (self.step + 10))
        torch._foreach_lerp_(list(self.ema.values()), [p.detach() for p in self.model.parameters()], 1 - decay)
        self.running = mse.item() if self.running is None else 0.99 * self.running + 0.01 * mse.item()
        return {"loss": self.running, "variational": variational.item(), "lr": rate}


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    device, log = pick_device(args.device), args.out / "log.jsonl"
    torch.manual_seed(args.seed)
    dataset = DATASETS[args.dataset]
    latents, labels = load_latents(args.vae, dataset, args.data, device, args.halvings, flips=dataset.mirrored)
    training = Training(args, latents, labels, len(dataset.classes), device)
    torch.manual_seed(args.seed + training.step)
    first_step, clock = training.step, training.clock
    window, window_start = first_step, time.monotonic()
    last_save = window_start
    while clock.progress < 1 and not (args.max_steps and training.step - first_step >= args.max_steps):
        shown, step = training.advance(), training.step
        if step % 50 == 0 or step == first_step + 5:
            now = time.monotonic()
            log_line(log, step=step, **shown, images_per_s=(step - window) * args.batch / (now - window_start),
                     elapsed_s=clock.elapsed_s)
            window, window_start = step, now
        if time.monotonic() - last_save > CHECKPOINT_EVERY_S:
            training.save()
            last_save = time.monotonic()
    training.save()
    log_line(log, done=True, step=training.step, loss=training.running, elapsed_s=clock.elapsed_s)


if __name__ == "__main__":
    main()
