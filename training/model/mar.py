"""Masked autoregressive model, with the parameter names of the official checkpoint.

MAR (arXiv 2406.11838), section 3 and appendix; the diffusion head follows its section 3.2 (SimpleMLPAdaLN).
Letters: B images, L tokens of the grid, N tokens present, M tokens masked, P buffer slots, D width of the encoder,
E width of the decoder, C latent channels, R rows of the head.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class MARConfig:
    """Dimensions of the model."""

    grid: int = 8
    latent_channels: int = 4
    encoder_width: int = 160
    encoder_depth: int = 4
    encoder_heads: int = 5
    decoder_width: int = 160
    decoder_depth: int = 4
    decoder_heads: int = 5
    mlp_ratio: int = 4
    buffer_tokens: int = 8
    head_width: int = 256
    head_depth: int = 3
    classes: int = 10
    dropout: float = 0.0

    @property
    def tokens(self) -> int:
        """L."""
        return self.grid * self.grid


def attention(q, k, v):
    """softmax(q k^T / sqrt(d)) v of [B, heads, N, d], without autocast.

    Written out where a processor trains: the backward pass of PyTorch's fused kernel takes three to ten times as long
    there. The scores stay in the precision of q, as inside the fused kernel's products."""
    if q.is_cuda or not q.requires_grad:
        return F.scaled_dot_product_attention(q, k, v)
    with torch.autocast(q.device.type, enabled=False):
        return (q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1)).softmax(dim=-1) @ v


class Attention(nn.Module):
    """Multi-head self-attention: [B, N, D] -> [B, N, D]."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        B, N, D = x.shape
        q, k, v = self.qkv(x).reshape(B, N, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4)
        return self.proj(attention(q, k, v).transpose(1, 2).reshape(B, N, D))


class MLP(nn.Module):
    """Linear, GELU (erf), linear: [B, N, D] -> [B, N, D]."""

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    """Pre-norm ViT block: [B, N, D] -> [B, N, D]."""

    def __init__(self, width: int, heads: int, mlp_ratio: int, dropout: float):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = MLP(width, width * mlp_ratio)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        x = x + self.drop(self.attn(self.norm1(x)))
        return x + self.drop(self.mlp(self.norm2(x)))


def modulate(x, shift, scale):
    return x * (1 + scale) + shift


class TimestepEmbedder(nn.Module):
    """256 sinusoids (cos, then sin; longest period 10000) and two linear layers: t [R] -> [R, width]."""

    def __init__(self, width: int, sinusoids: int = 256):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(sinusoids, width), nn.SiLU(), nn.Linear(width, width))
        frequencies = torch.exp(-math.log(10000) * torch.arange(sinusoids // 2, dtype=torch.float32) / (sinusoids // 2))
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, t):
        angle = t.float()[:, None] * self.frequencies[None]
        return self.mlp(torch.cat([angle.cos(), angle.sin()], dim=-1))


class HeadBlock(nn.Module):
    """Residual block modulated by y: x [R, W], y [R, W] -> [R, W]."""

    def __init__(self, width: int):
        super().__init__()
        self.in_ln = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 3 * width))

    def forward(self, x, y):
        shift, scale, gate = self.adaLN_modulation(y).chunk(3, dim=-1)
        return x + gate * self.mlp(modulate(self.in_ln(x), shift, scale))


class HeadFinal(nn.Module):
    """LayerNorm without weights, modulated, then linear: [R, W] -> [R, 2C]."""

    def __init__(self, width: int, outputs: int):
        super().__init__()
        self.norm_final = nn.LayerNorm(width, eps=1e-6, elementwise_affine=False)
        self.linear = nn.Linear(width, outputs)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 2 * width))

    def forward(self, x, y):
        shift, scale = self.adaLN_modulation(y).chunk(2, dim=-1)
        return self.linear(modulate(self.norm_final(x), shift, scale))


class DiffusionHead(nn.Module):
    """x [R, C], t [R], condition z [R, D] -> eps and variance channels [R, 2C]."""

    def __init__(self, channels: int, condition: int, width: int, depth: int):
        super().__init__()
        self.time_embed = TimestepEmbedder(width)
        self.cond_embed = nn.Linear(condition, width)
        self.input_proj = nn.Linear(channels, width)
        self.res_blocks = nn.ModuleList(HeadBlock(width) for _ in range(depth))
        self.final_layer = HeadFinal(width, 2 * channels)

    def forward(self, x, t, z):
        y = self.time_embed(t) + self.cond_embed(z)
        h = self.input_proj(x)
        for block in self.res_blocks:
            h = block(h, y)
        return self.final_layer(h, y)


class MAR(nn.Module):
    """Encoder over the known tokens, decoder over all, one diffusion head per token."""

    def __init__(self, config: MARConfig):
        super().__init__()
        c = self.config = config
        L, P, D, E = c.tokens, c.buffer_tokens, c.encoder_width, c.decoder_width
        self.class_emb = nn.Embedding(c.classes, D)
        self.fake_latent = nn.Parameter(torch.zeros(1, D))
        self.z_proj = nn.Linear(c.latent_channels, D)
        self.z_proj_ln = nn.LayerNorm(D, eps=1e-6)
        self.encoder_pos_embed_learned = nn.Parameter(torch.zeros(1, P + L, D))
        self.encoder_blocks = nn.ModuleList(
            Block(D, c.encoder_heads, c.mlp_ratio, c.dropout) for _ in range(c.encoder_depth))
        self.encoder_norm = nn.LayerNorm(D, eps=1e-6)
        self.decoder_embed = nn.Linear(D, E)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, E))
        self.decoder_pos_embed_learned = nn.Parameter(torch.zeros(1, P + L, E))
        self.decoder_blocks = nn.ModuleList(
            Block(E, c.decoder_heads, c.mlp_ratio, c.dropout) for _ in range(c.decoder_depth))
        self.decoder_norm = nn.LayerNorm(E, eps=1e-6)
        self.diffusion_pos_embed_learned = nn.Parameter(torch.zeros(1, L, E))
        self.diffloss = nn.Module()
        self.diffloss.net = DiffusionHead(c.latent_channels, E, c.head_width, c.head_depth)
        self.initialise()

    def initialise(self) -> None:
        """Xavier for the transformer, normal 0.02 for embeddings; modulations and the head's output start at zero,
        so that every head block starts as the identity (DiT, arXiv 2212.09748, section 3.2)."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        for parameter in (self.class_emb.weight, self.fake_latent, self.mask_token, self.encoder_pos_embed_learned,
                          self.decoder_pos_embed_learned, self.diffusion_pos_embed_learned):
            nn.init.normal_(parameter, std=0.02)
        head = self.diffloss.net
        for layer in (head.time_embed.mlp[0], head.time_embed.mlp[2]):
            nn.init.normal_(layer.weight, std=0.02)
        for layer in [b.adaLN_modulation[1] for b in head.res_blocks] + [
                head.final_layer.adaLN_modulation[1], head.final_layer.linear]:
            nn.init.zeros_(layer.weight)

    def class_condition(self, labels, dropped=None):
        """Embeddings [B, D] of the labels [B], `fake_latent` where `dropped` [B] is true; without labels `fake_latent`
        alone, [1, D]."""
        if labels is None:
            return self.fake_latent
        embedding = self.class_emb(labels)
        return embedding if dropped is None else torch.where(dropped[:, None], self.fake_latent, embedding)

    def encode(self, tokens, known, condition):
        """tokens [B, L, C], known [B, N] (positions that are present), condition [B, D] -> [B, P + N, D]."""
        B, P = tokens.shape[0], self.config.buffer_tokens
        width = self.config.encoder_width
        x = self.z_proj(torch.gather(tokens, 1, known[..., None].expand(-1, -1, tokens.shape[2])))
        positions = self.encoder_pos_embed_learned.expand(B, -1, -1)
        buffer = condition[:, None].expand(B, P, width) + positions[:, :P]
        x = x + torch.gather(positions[:, P:], 1, known[..., None].expand(-1, -1, width))
        x = self.z_proj_ln(torch.cat([buffer.to(x.dtype), x], dim=1))
        for block in self.encoder_blocks:
            x = block(x)
        return self.encoder_norm(x)

    def decode(self, encoded, known):
        """encoded [B, P + N, D], known [B, N] -> the condition z of each token, [B, L, E]."""
        B, P, L = encoded.shape[0], self.config.buffer_tokens, self.config.tokens
        x = self.decoder_embed(encoded)
        masked = self.mask_token.to(x.dtype).expand(B, L, -1)
        grid = masked.scatter(1, known[..., None].expand(-1, -1, x.shape[2]), x[:, P:])
        x = torch.cat([x[:, :P], grid], dim=1) + self.decoder_pos_embed_learned
        for block in self.decoder_blocks:
            x = block(x)
        return self.decoder_norm(x)[:, P:] + self.diffusion_pos_embed_learned

    def decode_wanted(self, encoded, known, wanted):
        """encoded [B, P + N, D], known [B, N], wanted [B, M] (positions among the masked ones)
        -> the condition z of each wanted token, [B, M, E].

        Attention has no order, so the tokens stand as buffer, known, wanted. Masked tokens that are not wanted are left
        out: they carry nothing but their positions, and training on some of them costs less (CrossMAE,
        arXiv 2401.14391). With all masked tokens wanted this is `decode`.
        """
        B, P, M = encoded.shape[0], self.config.buffer_tokens, wanted.shape[1]
        x = self.decoder_embed(encoded)
        x = torch.cat([x, self.mask_token.to(x.dtype).expand(B, M, -1)], dim=1)
        buffer = torch.arange(P, device=known.device).expand(B, P)
        x = x + self.decoder_pos_embed_learned[0][torch.cat([buffer, P + known, P + wanted], dim=1)]
        for block in self.decoder_blocks:
            x = block(x)
        return self.decoder_norm(x[:, -M:]) + self.diffusion_pos_embed_learned[0][wanted]

    def forward(self, tokens, known, condition):
        """tokens [B, L, C], known [B, N], condition [B, D] -> z [B, L, E]."""
        return self.decode(self.encode(tokens, known, condition), known)
