"""Train the masked autoregressive model on the latents of a trained autoencoder.

MAR (arXiv 2406.11838), sections 3 and 4: masking ratio from a truncated normal, class labels dropped for guidance, one
diffusion loss per masked token. Here one ratio per batch, so that the encoder really drops tokens at a fixed count.
AdamW, or Muon for the matrices of the transformer; warm-up, flat, falling over the last part of the time given.
Restarting the same command resumes. `--start` begins with the weights of another run, on any grid: first a coarse
grid (`--halvings 1`), then the full one.
"""

import argparse
import math
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F

from common import Clock, add_dataset_arguments, autocast, log_line, pick_device, save_checkpoint
from data import DATASETS
from diffusion import TRAINING_STEPS, TrainingLoss
from latents import load_latents
from model import MAR, MARConfig

CHECKPOINT_EVERY_S = 120


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_dataset_arguments(p)
    p.add_argument("--vae", type=Path, default=Path("runs/vae/last.pt"))
    p.add_argument("--out", type=Path, default=Path("runs/mar"))
    p.add_argument("--start", type=Path, help="checkpoint whose EMA weights to begin with")
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
    p.add_argument("--decoded", type=int, default=0, help="masked tokens decoded per image (0: all)")
    p.add_argument("--decode-all", type=float, default=0.15, help="last part of the time in which all are decoded")
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

    def forward(self, tokens, known, wanted, labels, dropped, x_t, t):
        """tokens [B, L, C], known [B, N], wanted [B, M], labels and dropped [B], x_t [B * M * mul, C], t alike
        -> head output [B * M * mul, 2C]."""
        encoded = self.model.encode(tokens, known, self.model.class_condition(labels, dropped))
        z = self.model.decode_wanted(encoded, known, wanted).flatten(0, 1)
        return self.model.diffloss.net(x_t, t, z.repeat(len(t) // len(z), 1))


def make_optimizers(model: MAR, kind: str, lr: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    """AdamW, without decay for biases, norms, embeddings of single vectors and the diffusion head, as in the reference;
    `muon`: the matrices of the blocks by Muon (https://kellerjordan.github.io/posts/muon), scaled to AdamW's updates."""
    def in_blocks(name: str) -> bool:
        return name.startswith(("encoder_blocks.", "decoder_blocks."))

    def by_muon(name: str, parameter: torch.Tensor) -> bool:
        return kind == "muon" and in_blocks(name) and parameter.ndim == 2

    rest = [(n, p) for n, p in model.named_parameters() if not by_muon(n, p)]
    plain = [p for n, p in rest if p.ndim == 1 or n.startswith("diffloss.")]
    decayed = [p for n, p in rest if p.ndim > 1 and not n.startswith("diffloss.")]
    groups = [{"params": plain, "weight_decay": 0.0}, {"params": decayed, "weight_decay": weight_decay}]
    optimizers = [torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95), fused=True)]
    matrices = [p for n, p in model.named_parameters() if by_muon(n, p)]
    if matrices:
        optimizers.append(torch.optim.Muon(matrices, lr=lr, weight_decay=weight_decay, momentum=0.95,
                                           adjust_lr_fn="match_rms_adamw"))
    return optimizers


def on_grid(weights: dict[str, torch.Tensor], config: MARConfig) -> dict[str, torch.Tensor]:
    """Weights trained on a coarser or finer square grid, for the grid of `config`: positions are interpolated."""
    def resized(name: str, positions: torch.Tensor) -> torch.Tensor:
        kept = 0 if name.startswith("diffusion") else config.buffer_tokens
        side = round((positions.shape[1] - kept) ** 0.5)
        grid = positions[:, kept:].unflatten(1, (side, side)).permute(0, 3, 1, 2).float()
        grid = F.interpolate(grid, (config.grid, config.grid), mode="bilinear")
        return torch.cat([positions[:, :kept], grid.flatten(2).transpose(1, 2)], dim=1)

    return {name: resized(name, w) if name.endswith("pos_embed_learned") else w for name, w in weights.items()}


def main() -> None:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    device = pick_device(args.device)
    torch.manual_seed(args.seed)
    dataset = DATASETS[args.dataset]
    latents, labels = load_latents(args.vae, dataset, args.data, device, args.halvings, flips=dataset.mirrored)
    config = MARConfig(
        grid=latents.side, latent_channels=latents.channels, encoder_width=args.width, decoder_width=args.width,
        encoder_depth=args.depth, decoder_depth=args.depth, encoder_heads=args.heads, decoder_heads=args.heads,
        buffer_tokens=args.buffer_tokens, head_width=args.head_width, classes=len(dataset.classes),
        dropout=args.dropout)
    model = MAR(config).to(device)
    if args.start:
        begin = torch.load(args.start, map_location=device, weights_only=True)
        model.load_state_dict(on_grid(begin["ema"], config))
    optimizers = make_optimizers(model, args.optimizer, args.lr, args.weight_decay)
    ema = {name: p.detach().clone() for name, p in model.named_parameters()}
    checkpoint = args.out / "last.pt"
    step, elapsed_s, running = 0, 0.0, None
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        for optimizer, kept in zip(optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        ema = saved["ema"]
        step, elapsed_s, running = saved["step"], saved["elapsed_s"], saved["loss"]
    torch.manual_seed(args.seed + step)

    loss_of, masking, mul = TrainingLoss(device), Masking(config.tokens, args.mask_min), args.diffusion_batch_mul
    network = TrainingPass(model)
    forward = torch.compile(network, dynamic=True) if args.compile else network
    clock, last_save = Clock(args.minutes, elapsed_s), time.monotonic()

    def state() -> dict:
        return {"model": model.state_dict(), "ema": ema, "optimizers": [o.state_dict() for o in optimizers],
                "config": asdict(config), "scaling": latents.scaling, "step": step, "images": step * args.batch,
                "loss": running, "elapsed_s": clock.elapsed_s}

    first_step, window, window_start = step, 0, time.monotonic()
    while clock.progress < 1 and not (args.max_steps and step - first_step >= args.max_steps):
        rate = args.lr * min(1.0, (step + 1) / args.warmup_steps) * min(1.0, (1 - clock.progress) / args.falling)
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = rate
        index = torch.randint(len(labels), (args.batch,), device=device)
        tokens = latents.draw(index)
        order = torch.rand(args.batch, config.tokens, device=device).argsort(dim=1)
        count = masking.count()
        wanted, known = order[:, :count], order[:, count:]
        if args.decoded and clock.progress < 1 - args.decode_all:
            wanted = wanted[:, : args.decoded]
        dropped = torch.rand(args.batch, device=device) < args.label_drop
        target = torch.gather(tokens, 1, wanted[..., None].expand(-1, -1, config.latent_channels))
        target = target.reshape(-1, config.latent_channels).repeat(mul, 1)
        t = torch.randint(TRAINING_STEPS, (len(target),), device=device)
        noise = torch.randn_like(target)
        x_t = loss_of.noised(target, noise, t)
        with autocast(device):
            output = forward(tokens, known, wanted, labels[index], dropped, x_t, t)
        mse, variational = loss_of(output, target, x_t, noise, t)
        model.zero_grad(set_to_none=True)
        (mse + variational).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), args.clip)
        for optimizer in optimizers:
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
