"""Record what PyTorch computes with a model, for `underpaint parity`.

    python -m training.reference.trace models/fashion --out fashion.safetensors
    underpaint parity --model models/fashion --trace fashion.safetensors

`--extend TRACE` adds what is missing of `gtr_reuse` to a trace that has `gtr`: the same run, with guidance that is reused.

With the original files, read by PyTorch itself, the import is checked too; model.json then gives the dimensions only:

    python -m training.reference.trace models/mar-base --checkpoint checkpoint-last.pth --vae kl16.ckpt --out trace.safetensors

The format: docs/models.md.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from training.model import directory
from training.model.mar import MAR
from training.sample import plans
from training.sample.generation import sample

GROUPS = ("blocks", "head", "official", "official_nocfg", "gtr", "vae")


class RecordedNoise:
    """Noise of every token and step, drawn before the run: initial [B, L, C], steps [B, L, T, C]."""

    def __init__(self, shape: tuple[int, int, int], steps: int, generator: torch.Generator):
        images, tokens, channels = shape
        self.initials = torch.randn(shape, generator=generator)
        self.steps = torch.randn(images, tokens, steps, channels, generator=generator)

    @classmethod
    def of(cls, initials: torch.Tensor, steps: torch.Tensor) -> "RecordedNoise":
        """Noise that was drawn before."""
        noise = cls.__new__(cls)
        noise.initials, noise.steps = initials, steps
        return noise

    def initial(self, image, token):
        return self.initials[image, token]

    def step(self, image, token, k):
        return self.steps[image, token, k]


class Recorder:
    """Collects the tensors of a trace; every group draws its inputs from one generator."""

    def __init__(self, mar: MAR, vae, description: dict, arguments: argparse.Namespace):
        self.mar, self.vae, self.description, self.arguments = mar, vae, description, arguments
        self.generator = torch.Generator().manual_seed(arguments.seed)
        self.shape = (arguments.images, mar.config.tokens, mar.config.latent_channels)
        self.tensors: dict[str, torch.Tensor] = {}

    def labels(self) -> torch.Tensor:
        return torch.randint(self.mar.config.classes, (self.arguments.images,), generator=self.generator)

    def as_image(self, tokens: torch.Tensor) -> torch.Tensor:
        grid = self.mar.config.grid
        return tokens.transpose(1, 2).reshape(len(tokens), -1, grid, grid)

    def add(self, group: str, **tensors: torch.Tensor) -> None:
        self.tensors |= {f"{group}.{name}": tensor.contiguous() for name, tensor in tensors.items()}

    def blocks(self) -> None:
        images, length, _ = self.shape
        tokens, labels = torch.randn(self.shape, generator=self.generator), self.labels()
        order = plans.random_orders(images, length, self.generator)
        known = order[:, : max(1, length * 2 // 5)].sort(dim=1).values
        mask = torch.ones(images, length).scatter(1, known, 0.0)
        encoded = self.mar.encode(tokens, known, self.mar.class_condition(labels))
        self.add("blocks", tokens=tokens, mask=mask, labels=labels, encoder_out=encoded,
                 z=self.mar.decode(encoded, known))

    def head(self, rows: int = 6) -> None:
        x = torch.randn(rows, self.shape[2], generator=self.generator)
        c = torch.randn(rows, self.mar.config.decoder_width, generator=self.generator)
        t = torch.linspace(0, 999, rows).round().long()
        self.add("head", x=x, t=t, c=c, out=self.mar.diffloss.net(x, t, c))

    def loop(self, name: str, plan, noise: RecordedNoise, labels, **settings) -> torch.Tensor:
        tokens, picked = sample(
            self.mar, labels, plan, noise, timestep_clip=self.arguments.timestep_clip, **settings)
        self.add(name, labels=labels, initial_noise=noise.initials, step_noise=noise.steps, latents=self.as_image(tokens))
        return picked

    def official(self, name: str, guidance: float, temperature: float) -> None:
        a = self.arguments
        orders = plans.random_orders(*self.shape[:2], self.generator)
        self.add(name, orders=orders)
        self.loop(name, plans.mar_plan(orders, a.steps, a.diffusion_steps),
                  RecordedNoise(self.shape, a.diffusion_steps, self.generator), self.labels(), guidance=guidance,
                  temperature=temperature)

    def gtr_plan(self, orders: list[torch.Tensor]) -> list[plans.Step]:
        a = self.arguments
        return plans.gtr_plan(orders, a.gtr_steps, tuple(a.gtr_diffusion_steps), a.gtr_mask_schedule)

    def gtr(self) -> None:
        a = self.arguments
        grid = self.mar.config.grid
        orders = [torch.tensor(stage)[plans.random_orders(a.images, len(stage), self.generator)]
                  for stage in plans.gtr_stages(grid, grid)]
        self.add("gtr", **{f"order{k}": order for k, order in enumerate(orders)})
        picked = self.loop("gtr", self.gtr_plan(orders),
                           RecordedNoise(self.shape, max(a.gtr_diffusion_steps), self.generator), self.labels(),
                           guidance=a.guidance, detail_fraction=a.detail_fraction)
        self.add("gtr", detail_tokens=picked)
        self.reuse()

    def reuse(self) -> None:
        """The run of `gtr` once more, with the unconditional half at every n-th step only."""
        a, inputs = self.arguments, self.tensors
        orders = [inputs[f"gtr.order{k}"] for k in range(len(a.gtr_steps))]
        noise = RecordedNoise.of(inputs["gtr.initial_noise"], inputs["gtr.step_noise"])
        tokens, picked = sample(
            self.mar, inputs["gtr.labels"], self.gtr_plan(orders), noise,
            timestep_clip=a.timestep_clip, guidance=a.guidance, detail_fraction=a.detail_fraction,
            guidance_reuse=a.guidance_reuse)
        self.add("gtr_reuse", latents=self.as_image(tokens), detail_tokens=picked)

    def images(self) -> None:
        grid = self.mar.config.grid
        latents = torch.randn(self.shape[0], self.shape[2], grid, grid, generator=self.generator)
        latents *= self.description["vae"]["scaling"]
        self.add("vae", latents=latents, image=self.vae.decode(latents / self.description["vae"]["scaling"]))

    @torch.no_grad()
    def record(self) -> None:
        a = self.arguments
        work = {
            "blocks": self.blocks, "head": self.head, "gtr": self.gtr, "vae": self.images,
            "official": lambda: self.official("official", a.guidance, 1.0),
            "official_nocfg": lambda: self.official("official_nocfg", 1.0, a.nocfg_temperature),
        }
        for group in a.groups:
            print(group, flush=True)
            work[group]()

    def metadata(self) -> dict[str, str]:
        a, c = self.arguments, self.mar.config
        config = {
            **{f"{part}_{key}": getattr(c, f"{part}_{ours}") for part in ("encoder", "decoder")
               for key, ours in (("embed_dim", "width"), ("depth", "depth"), ("num_heads", "heads"))},
            "class_num": c.classes, "buffer_size": c.buffer_tokens, "diffloss_d": c.head_depth,
            "diffloss_w": c.head_width, "vae_embed_dim": c.latent_channels,
            "vae_ch": self.description["vae"]["channels"], "vae_ch_mult": self.description["vae"]["channel_multipliers"],
        }
        clip = "none" if a.timestep_clip is None else str(a.timestep_clip)
        return {
            "config": json.dumps(config), "cfg": str(a.guidance), "cfg_schedule": "linear", "temperature": "1.0",
            "nocfg_temperature": str(a.nocfg_temperature), "num_iter": str(a.steps),
            "diffusion_steps": str(a.diffusion_steps), "timestep_clip": clip, "gtr.temperature": "1.0",
            "gtr.steps": ",".join(map(str, a.gtr_steps)),
            "gtr.diffusion_steps": ",".join(map(str, a.gtr_diffusion_steps)),
            "gtr.detail_fraction": str(a.detail_fraction), "gtr_reuse.guidance_reuse": str(a.guidance_reuse),
            **({} if a.gtr_mask_schedule == "linear" else {"gtr.mask_schedule": a.gtr_mask_schedule}),
        }


def extend(path: Path, recorder: Recorder) -> dict[str, str]:
    """Take the tensors and settings of a trace, and add `gtr_reuse`. Returns its metadata."""
    a = recorder.arguments
    with safe_open(path, "pt") as trace:
        recorder.tensors = {name: trace.get_tensor(name) for name in trace.keys()}
        metadata = trace.metadata()
    a.gtr_steps = [int(count) for count in metadata["gtr.steps"].split(",")]
    a.gtr_mask_schedule = metadata.get("gtr.mask_schedule", "linear")
    a.gtr_diffusion_steps = [int(count) for count in metadata["gtr.diffusion_steps"].split(",")]
    a.guidance, a.detail_fraction = float(metadata["cfg"]), float(metadata["gtr.detail_fraction"])
    a.timestep_clip = None if metadata["timestep_clip"] == "none" else int(metadata["timestep_clip"])
    with torch.no_grad():
        recorder.reuse()
    return metadata | {"gtr_reuse.guidance_reuse": str(a.guidance_reuse)}


def load_official(mar: MAR, vae, checkpoint: Path | None, autoencoder: Path | None, weights: str) -> None:
    """Replace the weights by those of the original files."""
    with torch.serialization.safe_globals([argparse.Namespace]):
        if checkpoint:
            mar.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)[weights])
        if autoencoder:
            state = torch.load(autoencoder, map_location="cpu", weights_only=True)["model"]
            parts = {name: t for name, t in state.items() if name.startswith(directory.VAE_PARTS)}
            missing, unexpected = vae.load_state_dict(parts, strict=False)
            if unexpected or any(name.startswith(directory.VAE_PARTS) for name in missing):
                raise ValueError(f"{autoencoder}: missing {missing}, unexpected {unexpected}")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, help="model directory")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--checkpoint", type=Path, help="official checkpoint whose weights are taken instead")
    p.add_argument("--vae", type=Path, help="official autoencoder, likewise")
    p.add_argument("--weights", choices=("model_ema", "model"), default="model_ema")
    p.add_argument("--groups", nargs="+", choices=GROUPS, default=list(GROUPS))
    p.add_argument("--images", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--steps", type=int, default=8, help="AR steps of the official loop")
    p.add_argument("--diffusion-steps", type=int, default=20)
    p.add_argument("--timestep-clip", type=lambda text: None if text == "none" else int(text), default=950)
    p.add_argument("--guidance", type=float, default=3.0)
    p.add_argument("--nocfg-temperature", type=float, default=0.95)
    p.add_argument("--gtr-steps", type=int, nargs=3, default=[3, 2, 1], help="AR steps per sub-stage")
    p.add_argument("--gtr-mask-schedule", choices=plans.MASK_SCHEDULES, default="linear")
    p.add_argument("--gtr-diffusion-steps", type=int, nargs=4, default=[50, 20, 20, 50])
    p.add_argument("--detail-fraction", type=float, default=0.1)
    p.add_argument("--guidance-reuse", type=int, default=3, help="of gtr_reuse: every how many steps both halves run")
    p.add_argument("--extend", type=Path, metavar="TRACE", help="add gtr_reuse to this trace instead of making one")
    arguments = p.parse_args()
    mar, vae, description = directory.load(arguments.model)
    load_official(mar, vae, arguments.checkpoint, arguments.vae, arguments.weights)
    recorder = Recorder(mar, vae, description, arguments)
    if arguments.extend:
        metadata = extend(arguments.extend, recorder)
    else:
        recorder.record()
        metadata = recorder.metadata()
    save_file(recorder.tensors, arguments.out, metadata=metadata)
    arguments.out.chmod(0o644)


if __name__ == "__main__":
    main()
