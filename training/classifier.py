"""A small convolutional classifier of Fashion-MNIST, the judge of generated images.

    python training/classifier.py          # trains it and writes training/classifier.safetensors
"""

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

import data
from common import pick_device

DEFAULT_WEIGHTS = Path(__file__).with_name("classifier.safetensors")


class Classifier(nn.Module):
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

    @torch.no_grad()
    def judge(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Images [N, 1, 32, 32] as bytes -> predicted classes [N] and features [N, 128]."""
        features = torch.cat([self.features(data.to_unit(part)) for part in images.split(500)])
        return self.output(features).argmax(1), features


def load_classifier(path: Path = DEFAULT_WEIGHTS) -> Classifier:
    model = Classifier()
    model.load_state_dict(load_file(path))
    return model.eval()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, default=data.DEFAULT_FOLDER)
    p.add_argument("--out", type=Path, default=DEFAULT_WEIGHTS)
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--device", default="auto")
    args = p.parse_args()
    torch.manual_seed(0)
    device = pick_device(args.device)
    images, labels = data.load("train", args.data)
    model, batch = Classifier().to(device), 100
    steps = len(images) // batch
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps * args.epochs)
    for epoch in range(args.epochs):
        for index in torch.randperm(len(images)).view(steps, batch):
            x = data.to_unit(images[index].to(device))
            x = torch.where(torch.rand(batch, 1, 1, 1, device=device) < 0.5, x.flip(3), x)
            loss = F.cross_entropy(model(x), labels[index].to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}", flush=True)
    model.cpu().eval()
    test_images, test_labels = data.load("test", args.data)
    print(f"test accuracy {(model.judge(test_images)[0] == test_labels).float().mean():.4f}")
    save_file(model.state_dict(), args.out)


if __name__ == "__main__":
    main()
