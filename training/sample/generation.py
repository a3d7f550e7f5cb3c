"""The sampling loop, for checking a checkpoint. The server has its own, faster implementation.

MAR (arXiv 2406.11838); GtR (arXiv 2510.17171) for the frequency-weighted token selection (FTS); DiSA (arXiv 2505.20297)
for the timestep clip.
"""

import torch

from training.model.diffusion import Chain, denoise, respaced_timesteps
from training.model.mar import MAR
from training.sample.plans import Step


def detail_scores(z: torch.Tensor) -> torch.Tensor:
    """FTS: z [..., D] -> spectrum amplitude weighted towards high frequencies, [...]."""
    half = z.shape[-1] // 2
    n = torch.arange(1, half + 1, device=z.device)
    return (torch.fft.rfft(z, dim=-1).abs()[..., 1 : half + 1] * (1 + n / half)).sum(-1)


class RandomNoise:
    """Noise drawn as it is asked for."""

    def __init__(self, channels: int, generator: torch.Generator):
        self.channels, self.generator = channels, generator

    def initial(self, image: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        return torch.randn(len(image), self.channels, generator=self.generator)

    def step(self, image: torch.Tensor, token: torch.Tensor, k: int) -> torch.Tensor:
        return torch.randn(len(image), self.channels, generator=self.generator)


class Generation:
    """A batch of images on its way: tokens [B, L, C], and known [B, N], the positions that are decided, ascending."""

    def __init__(self, model: MAR, labels, noise, *, guidance: float, temperature: float = 1.0,
                 timestep_clip: int | None = None, detail_fraction: float = 0.1, guidance_schedule: str = "linear",
                 guidance_reuse: int = 1):
        self.model, self.labels, self.noise = model, labels, noise
        self.guidance_reuse, self.finished_steps, self.difference = guidance_reuse, 0, None
        self.guidance, self.guidance_schedule = guidance, guidance_schedule
        self.temperature, self.timestep_clip, self.detail_fraction = temperature, timestep_clip, detail_fraction
        B, L, C = len(labels), model.config.tokens, model.config.latent_channels
        self.tokens = torch.zeros(B, L, C, device=labels.device)
        self.known = torch.zeros(B, 0, dtype=torch.long, device=labels.device)
        self.picked: list[torch.Tensor] = []  # (image, token) pairs of FTS, [n, 2] per step
        self.chains: dict[int, Chain] = {}

    @torch.no_grad()
    def advance(self, step: Step) -> None:
        """Decode the tokens of one autoregressive step."""
        device, B, L = self.labels.device, len(self.labels), self.tokens.shape[1]
        now = step.tokens.to(device)
        g = self.guidance
        if self.guidance_schedule == "linear":
            after = L - self.known.shape[1] - now.shape[1]
            g = 1 + (g - 1) * (L - max(after, 1)) / L
        if g != 1 and self.finished_steps % self.guidance_reuse != 0:
            z, _ = self.conditions(guided=False)
            z_u = z - self.difference
        else:
            z, z_u = self.conditions(guided=g != 1)
            # Of all tokens: those of the steps that reuse it are among them.
            self.difference = None if z_u is None else z - z_u
        self.finished_steps += 1

        detail = torch.zeros_like(now, dtype=torch.bool)
        if step.detail_steps is not None:
            scores = detail_scores(torch.gather(z, 1, now[..., None].expand(-1, -1, z.shape[2])))
            # Sorted by token first: of equal scores the lower token index wins.
            by_token = now.argsort(dim=1)
            ranks = scores.gather(1, by_token).argsort(dim=1, descending=True, stable=True)
            best = by_token.gather(1, ranks)[:, : round(self.detail_fraction * now.shape[1])]
            detail.scatter_(1, best, True)
            images = torch.arange(B, device=device)[:, None].expand_as(best)
            self.picked.append(torch.stack([images, now.gather(1, best)], dim=-1).reshape(-1, 2))

        for chosen, count in ((~detail, step.diffusion_steps), (detail, step.detail_steps)):
            image, place = chosen.nonzero(as_tuple=True)
            if len(image) == 0:
                continue
            token = now[image, place]
            if count not in self.chains:
                self.chains[count] = Chain(respaced_timesteps(count, self.timestep_clip), device)
            self.tokens[image, token] = denoise(
                self.model.diffloss.net, z[image, token], None if z_u is None else z_u[image, token], g,
                self.chains[count], self.temperature, self.noise.initial(image, token).to(device),
                lambda k: self.noise.step(image, token, k).to(device))
        self.known = torch.cat([self.known, now], dim=1).sort(dim=1).values

    def conditions(self, guided: bool):
        """z of the conditional and (None without guidance) the unconditional half, each [B, L, D]; one pass for both."""
        condition = self.model.class_condition(self.labels)
        if not guided:
            return self.model(self.tokens, self.known, condition), None
        both = torch.cat([condition, self.model.class_condition(None).expand_as(condition)])
        return self.model(self.tokens.repeat(2, 1, 1), self.known.repeat(2, 1), both).chunk(2)


def sample(model: MAR, labels, plan: list[Step], noise, **settings):
    """labels [B] -> tokens [B, L, C], and the (image, token) pairs that FTS picked [n, 2]. Settings: `Generation`."""
    generation = Generation(model, labels, noise, **settings)
    for step in plan:
        generation.advance(step)
    picked = generation.picked
    return generation.tokens, torch.cat(picked) if picked else torch.zeros(0, 2, dtype=torch.long)
