"""A model directory as the server reads it: `model.safetensors` (prefixes `mar.` and `vae.`) and `model.json`."""

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from training.model.mar import MAR, MARConfig
from training.model.quantised import as_numbers
from training.model.vae import NORM_GROUPS, VAE, VAEConfig

VAE_PARTS = ("decoder.", "post_quant_conv.")


def tensors_to_ship(mar: dict, vae: dict, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """The MAR weights and the decoding half of the VAE, prefixed; the server never encodes an image."""
    shipped = {f"mar.{name}": tensor for name, tensor in mar.items()}
    shipped |= {f"vae.{name}": tensor for name, tensor in vae.items() if name.startswith(VAE_PARTS)}
    return {name: tensor.detach().to("cpu", dtype).contiguous() for name, tensor in shipped.items()}


def write(folder: Path, tensors: dict[str, torch.Tensor], description: dict) -> Path:
    """Write both files; `description` is model.json without the checksum."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "model.safetensors"
    save_file(tensors, weights, metadata={"format": "pt"})
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
    weights.chmod(0o644)  # save_file leaves it readable by its owner only; servers run as another user
    text = json.dumps(description | {"weights_sha256": checksum}, indent=2, ensure_ascii=False)
    (folder / "model.json").write_text(text + "\n")
    return weights


def load(folder: Path, device: torch.device | str = "cpu") -> tuple[MAR, VAE, dict]:
    """Both networks in fp32, for evaluation (the autoencoder decodes only), and model.json."""
    c = json.loads((folder / "model.json").read_text())
    weights = as_numbers(load_file(folder / "model.safetensors", device=str(device)))
    mar = MAR(MARConfig(
        grid=c["grid"]["height"], latent_channels=c["latent_channels"], mlp_ratio=c["mlp_ratio"],
        encoder_width=c["encoder"]["width"], encoder_depth=c["encoder"]["depth"], encoder_heads=c["encoder"]["heads"],
        decoder_width=c["decoder"]["width"], decoder_depth=c["decoder"]["depth"], decoder_heads=c["decoder"]["heads"],
        buffer_tokens=c["buffer_tokens"], classes=len(c["classes"]),
        head_width=c["diffusion_head"]["width"], head_depth=c["diffusion_head"]["depth"]))
    vae = VAE(VAEConfig(
        channels=c["vae"]["channels"], channel_multipliers=tuple(c["vae"]["channel_multipliers"]),
        residual_blocks=c["vae"]["residual_blocks"], latent_channels=c["latent_channels"],
        image_channels=c["vae"]["output_channels"],
        norm_groups=c["vae"].get("norm_groups", NORM_GROUPS)))
    for model, prefix, optional in ((mar, "mar.", ()), (vae, "vae.", ("encoder.", "quant_conv."))):
        part = {name.removeprefix(prefix): t for name, t in weights.items() if name.startswith(prefix)}
        missing, unexpected = model.load_state_dict(part, strict=False)
        if unexpected or any(not name.startswith(optional) for name in missing):
            raise ValueError(f"{folder}: missing {missing}, unexpected {unexpected}")
        model.to(device).eval().requires_grad_(False)
    return mar, vae, c
