"""The judge of generated images: a small convolutional classifier of a training set (`training/train/judge.py`)."""

from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from training.data.dataset import Dataset
from training.data.pixels import to_unit

WEIGHTS_FOLDER = Path(__file__).parents[1] / "judges"


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


class ColourClassifier(nn.Module):
    """Images [B, 3, 64, 64] in [-1, 1] -> logits [B, classes]; `widths`: of the stem and of the four blocks."""

    def __init__(self, classes: int, widths: tuple[int, int, int, int, int]):
        super().__init__()
        stem, *_, last = widths
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 5, 2, 2, bias=False), nn.BatchNorm2d(stem), nn.ReLU())
        self.blocks = nn.Sequential(*(Residual(a, b, stride)
                                      for a, b, stride in zip(widths, widths[1:], (2, 1, 2, 1))))
        self.output = nn.Linear(last, classes)

    def features(self, images):
        """The averaged last feature map, [B, widths[-1]]; Frechet distances are taken there."""
        return self.blocks(self.stem(images)).mean((2, 3))

    def forward(self, images):
        return self.output(F.dropout(self.features(images), 0.2, self.training))


CLASSIFIERS = {
    "fashion": FashionClassifier,
    "imagenette": partial(ColourClassifier, classes=10, widths=(48, 64, 128, 192, 192)),
    "fruits": partial(ColourClassifier, classes=32, widths=(24, 32, 64, 96, 96)),
}


@torch.no_grad()
def judge(classifier: nn.Module, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, channels, side, side] as bytes -> predicted classes [N] and features [N, F]."""
    features = torch.cat([classifier.features(to_unit(part)) for part in images.split(250)])
    return classifier.output(features).argmax(1), features


def default_weights(dataset: Dataset) -> Path:
    return WEIGHTS_FOLDER / f"{dataset.name}.safetensors"


def load_classifier(dataset: Dataset, path: Path | None = None) -> nn.Module:
    model = CLASSIFIERS[dataset.name]()
    weights = load_file(path or default_weights(dataset))
    model.load_state_dict({name: w.float() if w.is_floating_point() else w for name, w in weights.items()})
    return model.eval()
