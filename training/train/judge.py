"""Train the judge of generated images: a small convolutional classifier of a training set.

    python -m training.train.judge                                  # fashion -> training/judges/fashion.safetensors
    python -m training.train.judge --dataset fruits --data fruits-64.zip --epochs 5 --shift 4
"""

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from training.data.catalogue import DATASETS, add_dataset_arguments
from training.data.pixels import random_crops, to_unit
from training.evaluate.judge import CLASSIFIERS, default_weights, judge
from training.model.device import autocast, pick_device


def augmented(images: torch.Tensor, shift: int, erased: int) -> torch.Tensor:
    """Images [B, c, side, side] in [-1, 1]: flipped half of the time, moved by up to `shift` pixels with the border
    repeated, and a square of `erased` pixels painted over (none where 0)."""
    B, _, side, _ = images.shape
    images = torch.where(torch.rand(B, 1, 1, 1) < 0.5, images.flip(3), images)
    if shift:
        images = random_crops(F.pad(images, (shift,) * 4, mode="replicate"), side)
    if erased:
        for image, (y, x) in zip(images, torch.randint(side - erased + 1, (B, 2)).tolist()):
            image[:, y : y + erased, x : x + erased] = 0
    return images


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_dataset_arguments(p)
    p.add_argument("--out", type=Path, help="default: training/judges/<dataset>.safetensors")
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--lr", type=float, default=4e-3)
    p.add_argument("--smoothing", type=float, default=0.0, help="label smoothing")
    p.add_argument("--weight-decay", type=float, default=1e-3)
    p.add_argument("--shift", type=int, default=0, help="random translation, pixels")
    p.add_argument("--erased", type=int, default=0, help="side of a random square that is painted over, pixels")
    p.add_argument("--device", default="auto")
    args = p.parse_args()
    torch.manual_seed(0)
    device, dataset = pick_device(args.device), DATASETS[args.dataset]
    images, labels = dataset.load("train", args.data)
    model, batch = CLASSIFIERS[dataset.name]().to(device, memory_format=torch.channels_last), 100
    steps = len(images) // batch
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=args.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.lr, total_steps=steps * args.epochs)
    for epoch in range(args.epochs):
        for index in torch.randperm(len(images))[: steps * batch].view(steps, batch):
            x = augmented(to_unit(images[index]), args.shift, args.erased).to(device)
            with autocast(device):
                logits = model(x.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), labels[index].to(device), label_smoothing=args.smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}", flush=True)
    model.cpu().eval()
    test_images, test_labels = dataset.load("test", args.data)
    print(f"test accuracy {(judge(model, test_images)[0] == test_labels).float().mean():.4f}")
    out = args.out or default_weights(dataset)
    out.parent.mkdir(parents=True, exist_ok=True)
    shipped = {name: (w.half() if w.is_floating_point() else w).contiguous() for name, w in model.state_dict().items()}
    save_file(shipped, out)
    out.chmod(0o644)


if __name__ == "__main__":
    main()
