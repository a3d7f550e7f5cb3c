"""Write a checkpoint with random weights in the official format: checkpoint-last.pth and kl16.ckpt.

    python -m training.reference.checkpoint --shape mar-b --out /tmp/mar-b
    underpaint import /tmp/mar-b/checkpoint-last.pth --vae /tmp/mar-b/kl16.ckpt --name mar-b --classes imagenet

Names and shapes are those of the published models, so what reads the official files reads these. The numbers mean nothing,
but keep their size from layer to layer: images are noise, and the work is that of a trained model.

    python -m training.reference.checkpoint --shape micro --awkward --out Tests/Fixtures/micro

made the fixture of the import tests. `--awkward` stores some tensors as other programs do: transposed, as parts of a larger
one, as parameters, in float16 and bfloat16.
"""

import argparse
import math
from pathlib import Path

import torch
from torch import nn

from training.model.mar import MAR, MARConfig
from training.model.vae import VAE, VAEConfig
from training.reference.bench import SHAPES, Shape

MICRO = Shape(
    MARConfig(grid=4, latent_channels=4, encoder_width=16, encoder_depth=1, encoder_heads=2, decoder_width=24,
              decoder_depth=2, decoder_heads=3, mlp_ratio=2, buffer_tokens=3, head_width=20, head_depth=2, classes=5),
    VAEConfig(channels=32, channel_multipliers=(1, 2), residual_blocks=1, latent_channels=4, image_channels=3), 3.0)


@torch.no_grad()
def randomise(network: nn.Module, generator: torch.Generator) -> None:
    """Matrices with variance 1 / inputs, the rest near what it starts from."""
    for name, parameter in network.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() == 1:
            one = 1.0 if "norm" in name and name.endswith("weight") or "_ln.weight" in name else 0.0
            parameter.copy_(one + 0.02 * noise)
        elif parameter.dim() in (2, 4) and name.endswith("weight") and "class_emb" not in name:
            gain = 0.02 if "final_layer.linear" in name else 1.0
            parameter.copy_(noise * gain / math.sqrt(parameter[0].numel()))
        else:
            parameter.copy_(0.02 * noise)


def awkward(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same numbers, stored in other ways."""
    state = dict(state)
    for index, (name, tensor) in enumerate(state.items()):
        if index % 5 == 0 and tensor.dim() == 2:
            state[name] = tensor.t().contiguous().t()
        elif index % 5 == 1:
            whole = torch.cat([torch.zeros(7), tensor.flatten(), torch.zeros(3)])
            state[name] = whole[7:-3].view(tensor.shape)
        elif index % 5 == 2:
            state[name] = tensor.to(torch.bfloat16)
        elif index % 5 == 3:
            state[name] = tensor.to(torch.float16)
        elif index % 5 == 4:
            state[name] = nn.Parameter(tensor)
    return state


def write(shape: Shape, folder: Path, seed: int, is_awkward: bool) -> None:
    generator = torch.Generator().manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    mar = MAR(shape.mar)
    randomise(mar, generator)
    c = shape.mar
    arguments = argparse.Namespace(
        img_size=c.grid * 2 ** (len(shape.vae.channel_multipliers) - 1), vae_embed_dim=c.latent_channels, patch_size=1,
        buffer_size=c.buffer_tokens, diffloss_d=c.head_depth, diffloss_w=c.head_width, class_num=c.classes)
    state = mar.state_dict()
    average = {name: tensor.clone() for name, tensor in state.items()}
    for tensor in state.values():
        tensor.mul_(1.01)  # in place: the two have to differ, and the memory does not suffice for a third
    torch.save({
        "model": state, "model_ema": awkward(average) if is_awkward else average,
        "optimizer": {"state": {}, "param_groups": [{"lr": 1e-4, "betas": (0.9, 0.95), "params": [0, 1]}]},
        "epoch": 399, "scaler": {"scale": 65536.0, "growth_factor": 2.0}, "args": arguments,
    }, folder / "checkpoint-last.pth")
    vae = VAE(shape.vae)
    randomise(vae, generator)
    state = vae.state_dict()
    if is_awkward:  # Without the encoder, which nobody needs, and small.
        state = {name: t.half() for name, t in state.items() if not name.startswith("encoder.")}
    torch.save({"model": state}, folder / "kl16.ckpt")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--shape", choices=[*SHAPES, "micro"], default="mar-b")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--awkward", action="store_true")
    arguments = p.parse_args()
    write(MICRO if arguments.shape == "micro" else SHAPES[arguments.shape], arguments.out, arguments.seed,
          arguments.awkward)


if __name__ == "__main__":
    main()
