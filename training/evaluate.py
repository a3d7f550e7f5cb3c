"""Judge images by the classifier: how often it names the class asked for, and the Frechet distance to the test set.

    python training/evaluate.py FOLDER            # PNGs with images.json, or named NNNNN_<class id>.png
    python training/evaluate.py --vae runs/vae/last.pt   # reconstructions of the test images

`images.json` is a list of {"file": ..., "class_id": ..., "seed": ...}. Always printed too: the classifier on real test
images.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import data
from classifier import DEFAULT_WEIGHTS, Classifier, load_classifier
from common import autocast
from latents import load_vae


def read_folder(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, 1, 32, 32] as bytes and the classes asked for [N]."""
    manifest = folder / "images.json"
    if manifest.exists():
        entries = [(folder / e["file"], int(e["class_id"])) for e in json.loads(manifest.read_text())]
    else:
        matches = [(path, re.fullmatch(r"\d+_(\d+)\.png", path.name)) for path in sorted(folder.glob("*.png"))]
        entries = [(path, int(match[1])) for path, match in matches if match]
    if not entries:
        raise SystemExit(f"{folder}: neither images.json nor files named NNNNN_<class id>.png")
    images = torch.stack([torch.from_numpy(np.array(Image.open(path).convert("L"))) for path, _ in entries])
    margin = (32 - images.shape[-1]) // 2
    return F.pad(images, (margin,) * 4).unsqueeze(1), torch.tensor([label for _, label in entries])


@torch.no_grad()
def reconstruct(vae_path: Path, images: torch.Tensor) -> torch.Tensor:
    """Test images [N, 1, 32, 32] through the autoencoder (posterior mean), as bytes."""
    vae, parts = load_vae(vae_path), []
    for part in images.split(250):
        with autocast(torch.device("cpu")):
            parts.append(data.to_bytes(vae.decode(vae.encode(data.to_unit(part))[0])))
    return torch.cat(parts)


def frechet_distance(a: torch.Tensor, b: torch.Tensor) -> float:
    """Between Gaussians fitted to the features [N, F] and [M, F] (FID, arXiv 1706.08500, with this classifier)."""
    a, b = a.double().numpy(), b.double().numpy()
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(cov_a)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ cov_b @ root).clip(0)).sum()
    return float(np.square(a.mean(0) - b.mean(0)).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * cross)


def judge(classifier: Classifier, images, labels, reference) -> dict:
    """Accuracy in all and per class, and the distance to the reference features [M, F]."""
    predicted, features = classifier.judge(images)
    right = predicted == labels
    return {
        "images": len(labels),
        "accuracy": right.float().mean().item(),
        "per_class": {name: right[labels == i].float().mean().item()
                      for i, name in enumerate(data.CLASSES) if (labels == i).any()},
        "frechet_distance": frechet_distance(features, reference),
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", type=Path, nargs="?", help="folder of PNGs")
    p.add_argument("--vae", type=Path, help="judge reconstructions by this autoencoder's checkpoint")
    p.add_argument("--data", type=Path, default=data.DEFAULT_FOLDER)
    p.add_argument("--classifier", type=Path, default=DEFAULT_WEIGHTS)
    p.add_argument("--json", action="store_true")
    args = p.parse_args()
    classifier = load_classifier(args.classifier)
    test_images, test_labels = data.load("test", args.data)
    predicted, reference = classifier.judge(test_images)
    report = {"real_test_accuracy": (predicted == test_labels).float().mean().item()}
    if args.vae:
        report["reconstructions"] = judge(classifier, reconstruct(args.vae, test_images), test_labels, reference)
    if args.folder:
        report["folder"] = judge(classifier, *read_folder(args.folder), reference)
    if args.json:
        print(json.dumps(report, indent=2))
        return
    print(f"classifier on real test images: {report['real_test_accuracy']:.1%}")
    for what in ("reconstructions", "folder"):
        if what in report:
            r = report[what]
            print(f"{what}: {r['accuracy']:.1%} of {r['images']} named right, "
                  f"Frechet distance {r['frechet_distance']:.2f}")
            for name, accuracy in r["per_class"].items():
                print(f"  {name:12} {accuracy:.1%}")


if __name__ == "__main__":
    main()
