"""The judge of generated images: a small convolutional classifier of a training set.

    python training/classifier.py                                   # fashion -> training/judges/fashion.safetensors
    python training/classifier.py --dataset imagenette --data imagenette-64.zip
"""

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

import data
from common import add_dataset_arguments, autocast, pick_device
from data import Dataset

WEIGHTS_FOLDER = Path(__file__).with_name("judges")


class FashionClassifier(nn.Module):
    """Images [B, 1, 32, 32] in [-1, 1] -> logits [B, 10]."""

    def __init__(self):
        super().__init__()
        widths = (1, 24, 48, 96)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))
            for a, b in zip(widths, widths[1:]))
        self.hidden = nn.Linear(widths[-1] * 16, 128)
        self.output = nn.Linear(128, 10)

    def features(self, images):
        """The penultimate layer, [B, 128]; Frechet distances are taken there."""
        for block in self.blocks:
            images = block(images)
        return F.relu(self.hidden(F.dropout(images.flatten(1), 0.3, self.training)))

    def forward(self, images):
        return self.output(self.features(images))


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside the input (1 x 1 where widths differ): [B, a, H, W] -> [B, b, H / stride, ...]."""

    def __init__(self, a: int, b: int, stride: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(),
            nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b))
        self.shortcut = nn.Identity() if a == b and stride == 1 else nn.Sequential(
            nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity(),
            nn.Conv2d(a, b, 1, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class ImagenetteClassifier(nn.Module):
    """Images [B, 3, 64, 64] in [-1, 1] -> logits [B, 10]."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 48, 5, 2, 2, bias=False), nn.BatchNorm2d(48), nn.ReLU())
        self.blocks = nn.Sequential(Residual(48, 64, 2), Residual(64, 128, 1), Residual(128, 192, 2),
                                    Residual(192, 192, 1))
        self.output = nn.Linear(192, 10)

    def features(self, images):
        """The averaged last feature map, [B, 192]; Frechet distances are taken there."""
        return self.blocks(self.stem(images)).mean((2, 3))

    def forward(self, images):
        return self.output(F.dropout(self.features(images), 0.2, self.training))


CLASSIFIERS = {"fashion": FashionClassifier, "imagenette": ImagenetteClassifier}


@torch.no_grad()
def judge(classifier: nn.Module, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, channels, side, side] as bytes -> predicted classes [N] and features [N, F]."""
    features = torch.cat([classifier.features(data.to_unit(part)) for part in images.split(250)])
    return classifier.output(features).argmax(1), features


def default_weights(dataset: Dataset) -> Path:
    return WEIGHTS_FOLDER / f"{dataset.name}.safetensors"


def load_classifier(dataset: Dataset, path: Path | None = None) -> nn.Module:
    model = CLASSIFIERS[dataset.name]()
    weights = load_file(path or default_weights(dataset))
    model.load_state_dict({name: w.float() if w.is_floating_point() else w for name, w in weights.items()})
    return model.eval()


def augmented(images: torch.Tensor, shift: int, erased: int) -> torch.Tensor:
    """Images [B, c, side, side] in [-1, 1]: flipped half of the time, moved by up to `shift` pixels with the border
    repeated, and a square of `erased` pixels painted over (none where 0)."""
    B, _, side, _ = images.shape
    images = torch.where(torch.rand(B, 1, 1, 1) < 0.5, images.flip(3), images)
    if shift:
        images = data.random_crops(F.pad(images, (shift,) * 4, mode="replicate"), side)
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
    device, dataset = pick_device(args.device), data.DATASETS[args.dataset]
    images, labels = dataset.load("train", args.data)
    model, batch = CLASSIFIERS[dataset.name]().to(device, memory_format=torch.channels_last), 100
    steps = len(images) // batch
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=args.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.lr, total_steps=steps * args.epochs)
    for epoch in range(args.epochs):
        for index in torch.randperm(len(images))[: steps * batch].view(steps, batch):
            x = augmented(data.to_unit(images[index]), args.shift, args.erased).to(device)
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
