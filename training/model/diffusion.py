"""The diffusion of one token: cosine schedule, training loss, respaced ancestral sampling.

Improved DDPM (arXiv 2102.09672): cosine schedule (equation 17), learned-range variance (equation 15), hybrid loss
(equation 16, here with the variational term unweighted as in MAR). Timestep clip: DiSA (arXiv 2505.20297).
"""

import math

import torch

TRAINING_STEPS = 1000


def alpha_bars() -> torch.Tensor:
    """Alpha-bar of every training step, [1000], double precision; betas at most 0.999."""
    def f(u: float) -> float:
        return math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2

    n = TRAINING_STEPS
    betas = torch.tensor([min(1 - f((i + 1) / n) / f(i / n), 0.999) for i in range(n)], dtype=torch.float64)
    return torch.cumprod(1 - betas, dim=0)


def respaced_timesteps(count: int, clip: int | None) -> list[int]:
    """The kept training steps, ascending: round(k * 999 / (count - 1)) with the stride accumulated and ties to even,
    then min(t, clip) with duplicates merged."""
    stride = (TRAINING_STEPS - 1) / (count - 1) if count > 1 else 1.0
    kept, position = set(), 0.0
    for _ in range(count):
        t = round(position)
        kept.add(t if clip is None else min(t, clip))
        position += stride
    return sorted(kept)


class Chain:
    """Coefficients of the diffusion restricted to the kept timesteps; every table is [T], ascending in t."""

    def __init__(self, timesteps: list[int], device: torch.device | str = "cpu"):
        kept = alpha_bars()[timesteps]
        previous = torch.cat([torch.ones(1, dtype=torch.float64), kept[:-1]])
        betas = 1 - kept / previous
        posterior_variance = betas * (1 - previous) / (1 - kept)
        # The last step's posterior variance is 0; its logarithm is that of the step before it.
        floor = torch.cat([posterior_variance[1:2], posterior_variance[1:]]) if len(timesteps) > 1 else betas
        tables = {
            "sqrt_abar": kept.sqrt(),
            "sqrt_noise": (1 - kept).sqrt(),
            "x0_from_x": kept.rsqrt(),
            "x0_from_eps": (1 / kept - 1).sqrt(),
            "mean_from_x0": betas * previous.sqrt() / (1 - kept),
            "mean_from_x": (1 - previous) * (1 - betas).sqrt() / (1 - kept),
            "log_posterior": floor.log(),
            "log_beta": betas.log(),
        }
        self.timesteps = torch.tensor(timesteps, device=device)
        self.tables = {name: table.float().to(device) for name, table in tables.items()}

    def at(self, name: str, k: torch.Tensor) -> torch.Tensor:
        """Table entries for the indices k [R], as a column [R, 1]."""
        return self.tables[name][k][:, None]

    def reverse(self, x, k, eps, v):
        """Mean and log variance [R, C] of x at the step before, from x, eps and the variance channels v [R, C]."""
        x0 = self.at("x0_from_x", k) * x - self.at("x0_from_eps", k) * eps
        mean = self.at("mean_from_x0", k) * x0 + self.at("mean_from_x", k) * x
        fraction = (v + 1) / 2
        return mean, fraction * self.at("log_beta", k) + (1 - fraction) * self.at("log_posterior", k)


class TrainingLoss:
    """Mean squared error of eps plus the variational term, which trains the variance only."""

    def __init__(self, device: torch.device | str = "cpu"):
        self.chain = Chain(list(range(TRAINING_STEPS)), device)

    def noised(self, x0, noise, t):
        """x0, noise [R, C], t [R] -> x_t [R, C]."""
        return self.chain.at("sqrt_abar", t) * x0 + self.chain.at("sqrt_noise", t) * noise

    def __call__(self, output, x0, x_t, noise, t):
        """Head output [R, 2C] -> scalar losses (mse, variational in bits), fp32.

        The variational term at t = 0 is the same KL with the clipped posterior, where the original uses a
        discretised likelihood meant for 8-bit pixels; it concerns one timestep in a thousand.
        """
        eps, v = output.float().chunk(2, dim=-1)
        mse = (eps - noise).square().mean()
        chain = self.chain
        true_mean = chain.at("mean_from_x0", t) * x0 + chain.at("mean_from_x", t) * x_t
        true_log = chain.at("log_posterior", t)
        mean, log_variance = chain.reverse(x_t, t, eps.detach(), v)
        kl = 0.5 * (log_variance - true_log - 1 + (true_log - log_variance).exp()
                    + (true_mean - mean).square() * (-log_variance).exp())
        return mse, kl.mean() / math.log(2)


@torch.no_grad()
def denoise(head, z, z_unconditional, guidance, chain: Chain, temperature, initial, step_noise):
    """Ancestral sampling of R tokens.

    z [R, D]; z_unconditional [R, D] or None; initial [R, C]; step_noise(k) -> [R, C] for the k-th executed step.
    Guidance acts on eps only; both halves see the same x, the variance is the conditional half's.
    """
    x, guided = initial, z_unconditional is not None
    both = torch.cat([z, z_unconditional]) if guided else z  # one pass for both halves
    for executed, k in enumerate(reversed(range(len(chain.timesteps)))):
        index = torch.full((len(x),), k, device=x.device)
        t = chain.timesteps[k].expand(len(both))
        eps, v = head(torch.cat([x, x]) if guided else x, t, both).chunk(2, dim=-1)
        if guided:
            (eps, eps_u), v = eps.chunk(2), v.chunk(2)[0]
            eps = eps_u + guidance * (eps - eps_u)
        mean, log_variance = chain.reverse(x, index, eps, v)
        x = mean if k == 0 else mean + (0.5 * log_variance).exp() * step_noise(executed) * temperature
    return x
