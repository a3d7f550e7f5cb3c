"""Which optimiser moves which parameter."""

import torch

from training.model.mar import MAR


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
