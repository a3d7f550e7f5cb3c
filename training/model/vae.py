"""KL autoencoder with the parameter names of the official MAR/LDM checkpoint.

Latent Diffusion (arXiv 2112.10752), appendix E; the structure of KL-16 in MAR (arXiv 2406.11838).
Shapes: images [B, 1 or 3, H, W] in [-1, 1]; latents [B, C, h, w]; h = H / 2^(levels - 1).
"""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import nn

NORM_GROUPS = 32  # of the official network; model.json has another number only


@dataclass(frozen=True)
class VAEConfig:
    """Dimensions of the autoencoder; everything else follows from them."""

    channels: int = 32
    channel_multipliers: tuple[int, ...] = (1, 2, 2)
    residual_blocks: int = 2
    latent_channels: int = 4
    image_channels: int = 1
    encoder: Literal["convolutional", "linear"] = "convolutional"
    norm_groups: int = NORM_GROUPS  # as many as channels in the last level make each channel lose its mean, and so the colours
    posterior_std: float = 0.15  # of the linear encoder

    @property
    def stride(self) -> int:
        """Pixels per token, on a side."""
        return 2 ** (len(self.channel_multipliers) - 1)


def group_norm(groups: int, channels: int) -> nn.GroupNorm:
    """As everywhere in this network; the official one has 32 groups."""
    return nn.GroupNorm(groups, channels, eps=1e-6)


class ResnetBlock(nn.Module):
    """norm, swish, conv, norm, swish, conv, plus the input: [B, c_in, H, W] -> [B, c_out, H, W]."""

    def __init__(self, c_in: int, c_out: int, groups: int):
        super().__init__()
        self.norm1 = group_norm(groups, c_in)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.norm2 = group_norm(groups, c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        if c_in != c_out:
            self.nin_shortcut = nn.Conv2d(c_in, c_out, 1)
        self.same_width = c_in == c_out

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (x if self.same_width else self.nin_shortcut(x))


class AttentionBlock(nn.Module):
    """Single-head attention over all positions: [B, c, H, W] -> the same."""

    def __init__(self, channels: int, groups: int):
        super().__init__()
        self.norm = group_norm(groups, channels)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        B, c, H, W = x.shape
        h = self.norm(x)
        q, k, v = (f(h).flatten(2).transpose(1, 2).unsqueeze(1) for f in (self.q, self.k, self.v))
        h = F.scaled_dot_product_attention(q, k, v)  # [B, 1, HW, c]
        return x + self.proj_out(h.squeeze(1).transpose(1, 2).reshape(B, c, H, W))


class Downsample(nn.Module):
    """Stride-2 convolution padded on the right and bottom only, as in LDM."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """Nearest x2, then a 3x3 convolution.

    Written with `expand`: PyTorch 2.13's compiled CPU backward of `interpolate` in bf16 gives gradients of zero.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        B, c, H, W = x.shape
        x = x[:, :, :, None, :, None].expand(B, c, H, 2, W, 2)
        return self.conv(x.reshape(B, c, 2 * H, 2 * W))


def middle(channels: int, groups: int) -> nn.ModuleDict:
    """The deepest part of the encoder and the decoder, run in the order of its keys."""
    return nn.ModuleDict({
        "block_1": ResnetBlock(channels, channels, groups),
        "attn_1": AttentionBlock(channels, groups),
        "block_2": ResnetBlock(channels, channels, groups),
    })


class Encoder(nn.Module):
    """[B, image_channels, H, W] -> [B, 2C, h, w] (mean and log variance, before quant_conv)."""

    def __init__(self, c: VAEConfig):
        super().__init__()
        self.conv_in = nn.Conv2d(c.image_channels, c.channels, 3, padding=1)
        self.down = nn.ModuleList()
        width = c.channels
        for i, multiplier in enumerate(c.channel_multipliers):
            level = nn.Module()
            level.block = nn.ModuleList()
            for _ in range(c.residual_blocks):
                level.block.append(ResnetBlock(width, c.channels * multiplier, c.norm_groups))
                width = c.channels * multiplier
            if i + 1 < len(c.channel_multipliers):
                level.downsample = Downsample(width)
            self.down.append(level)
        self.mid = middle(width, c.norm_groups)
        self.norm_out = group_norm(c.norm_groups, width)
        self.conv_out = nn.Conv2d(width, 2 * c.latent_channels, 3, padding=1)

    def forward(self, x):
        h = self.conv_in(x)
        for level in self.down:
            for block in level.block:
                h = block(h)
            if hasattr(level, "downsample"):
                h = level.downsample(h)
        for part in self.mid.values():
            h = part(h)
        return self.conv_out(F.silu(self.norm_out(h)))


class Decoder(nn.Module):
    """[B, C, h, w] (after post_quant_conv) -> [B, image_channels, H, W]."""

    def __init__(self, c: VAEConfig):
        super().__init__()
        width = c.channels * c.channel_multipliers[-1]
        self.conv_in = nn.Conv2d(c.latent_channels, width, 3, padding=1)
        self.mid = middle(width, c.norm_groups)
        levels = []
        for i in reversed(range(len(c.channel_multipliers))):
            level = nn.Module()
            level.block = nn.ModuleList()
            for _ in range(c.residual_blocks + 1):
                level.block.append(ResnetBlock(width, c.channels * c.channel_multipliers[i], c.norm_groups))
                width = c.channels * c.channel_multipliers[i]
            if i > 0:
                level.upsample = Upsample(width)
            levels.append(level)
        # The checkpoint numbers levels from the widest image down; they run in the opposite order.
        self.up = nn.ModuleList(reversed(levels))
        self.norm_out = group_norm(c.norm_groups, width)
        self.conv_out = nn.Conv2d(width, c.image_channels, 3, padding=1)

    def forward(self, z):
        h = self.conv_in(z)
        for part in self.mid.values():
            h = part(h)
        for level in reversed(self.up):
            for block in level.block:
                h = block(h)
            if hasattr(level, "upsample"):
                h = level.upsample(h)
        return self.conv_out(F.silu(self.norm_out(h)))


class LinearEncoder(nn.Module):
    """Principal components of the patches, each divided by the root of its standard deviation; posterior of one std.

    Nothing to train but the decoder, and a prior that a small model learns quickly: a third of the cost of an
    autoencoder whose encoder is a network, for 2 dB less in the reconstruction.
    """

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.std = config.posterior_std
        self.stride, patch = config.stride, config.image_channels * config.stride**2
        self.register_buffer("offset", torch.zeros(patch))
        self.register_buffer("rows", torch.zeros(config.latent_channels, patch))

    @torch.no_grad()
    def fit(self, images):
        """Set the map from training images [N, image_channels, H, W] in [-1, 1]."""
        patches = F.pixel_unshuffle(images, self.stride).flatten(2).transpose(1, 2).flatten(0, 1).double()
        mean = patches.mean(0)
        variances, vectors = torch.linalg.eigh((patches - mean).T @ (patches - mean) / len(patches))
        kept = range(len(variances) - 1, len(variances) - 1 - len(self.rows), -1)
        self.offset.copy_(mean)
        self.rows.copy_(torch.stack([vectors[:, i] / variances[i] ** 0.25 for i in kept]))

    def forward(self, images):
        with torch.autocast(images.device.type, enabled=False):
            patches = F.pixel_unshuffle(images.float(), self.stride) - self.offset[:, None, None]
            mean = F.conv2d(patches, self.rows[:, :, None, None])
        return mean, torch.full_like(mean, self.std)


class VAE(nn.Module):
    """The whole autoencoder; `forward` is one training pass."""

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        c = config.latent_channels
        self.encoder = LinearEncoder(config) if config.encoder == "linear" else Encoder(config)
        self.decoder = Decoder(config)
        self.post_quant_conv = nn.Conv2d(c, c, 1)
        if config.encoder == "convolutional":
            self.quant_conv = nn.Conv2d(2 * c, 2 * c, 1)
            # Start with little noise (std 0.14), so that the decoder can use the latents from the first step.
            nn.init.constant_(self.quant_conv.bias[c:], -4.0)

    def encode(self, images):
        """[B, image_channels, H, W] -> mean and standard deviation of the posterior, each [B, C, h, w], fp32."""
        if self.config.encoder == "linear":
            return self.encoder(images)
        mean, log_variance = self.quant_conv(self.encoder(images)).float().chunk(2, dim=1)
        return mean, torch.exp(0.5 * log_variance.clamp(-30.0, 20.0))

    def decode(self, latents):
        """[B, C, h, w] -> [B, image_channels, H, W], before clamping."""
        return self.decoder(self.post_quant_conv(latents))

    def forward(self, images, noise):
        """One training pass: reconstruction [B, image_channels, H, W], mean and std [B, C, h, w]."""
        mean, std = self.encode(images)
        return self.decode(mean + std * noise), mean, std
