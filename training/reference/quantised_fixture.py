"""Write weights in fp32 beside what they are in 8 bits, for the tests of both programs that quantise.

    python -m training.reference.quantised_fixture Tests/Fixtures/quantised.safetensors
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.model.quantised import quantise, scale_name

ROWS, COLUMNS = 96, 67


def weights() -> torch.Tensor:
    """[ROWS, COLUMNS] of many magnitudes, with ties, rows of zeros and rows at the ends of fp32."""
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(ROWS, COLUMNS, generator=generator)
    values *= torch.exp2(torch.randint(-60, 60, (ROWS, 1), generator=generator))
    values[32:48] = values[32:48].to(torch.bfloat16).float()
    # A scale of 1: halves are ties.
    values[48:64] = torch.randint(-253, 254, (16, COLUMNS), generator=generator) / 2
    values[48:64, 0] = 127
    values[64] = 0
    values[65] = -0.0
    for row, highest in enumerate((9.9e-31, 1e-30, 1.1e-30, 2.9e38, 3.1e38, 1e-40), start=66):
        values[row] = torch.linspace(-1, 1, COLUMNS) * highest
    return values


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("target", type=Path)
    target = p.parse_args().target
    source = weights()
    numbers, scales = quantise(source)
    save_file({"source": source, "weight": numbers, scale_name("weight"): scales}, target, metadata={"format": "pt"})
    target.chmod(0o644)


if __name__ == "__main__":
    main()
