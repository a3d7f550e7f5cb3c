"""A model directory as the server reads it: `model.safetensors` (prefixes `mar.` and `vae.`) and `model.json`."""

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

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
