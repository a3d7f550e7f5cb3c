"""What a judge says of a set of images, beside the real test images."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.data.dataset import Dataset
from training.evaluate import metrics
from training.evaluate.judge import judge, load_classifier
from training.evaluate.seams import jumps, seams, seams_interval

MANIFOLD_IMAGES = 2000  # real test images that precision and recall are taken with
MANIFOLD_SEED = 0
TOKEN_SIDE = 4  # pixels of a token of the models so far


@dataclass(frozen=True)
class Judged:
    """Images as the judge sees them: predicted classes [N], features [N, F], and the classes asked for [N]; and the
    jumps of the images [N, 2] (seams.py)."""

    predicted: np.ndarray
    features: np.ndarray
    labels: np.ndarray
    jumps: np.ndarray

    @classmethod
    def of(cls, classifier: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, token_side: int) -> "Judged":
        """Images [N, channels, side, side] as bytes, labels [N]; tokens of `token_side` pixels."""
        predicted, features = judge(classifier, images)
        return cls(predicted.numpy(), features.double().numpy(), labels.numpy(), jumps(images, token_side))

    def __getitem__(self, index: np.ndarray) -> "Judged":
        return Judged(self.predicted[index], self.features[index], self.labels[index], self.jumps[index])


class Reference:
    """A judge and the real test images: all of them for Frechet distances, a random part for precision and recall.
    `token_side`: pixels of a token, between which seams are looked for."""

    def __init__(self, dataset: Dataset, location: Path | None, weights: Path | None, token_side: int = TOKEN_SIDE):
        self.dataset, self.classifier = dataset, load_classifier(dataset, weights)
        self.token_side = token_side
        real = Judged.of(self.classifier, *dataset.load("test", location), token_side)
        self.frechet = metrics.FrechetReference(real.features)
        self.accuracy = metrics.accuracy(real.predicted, real.labels)
        chosen = np.random.default_rng(MANIFOLD_SEED).permutation(len(real.labels))[:MANIFOLD_IMAGES]
        self.manifold = real.features[chosen]
        self.description = {"split": "test", "images": len(real.labels), "manifold_images": len(chosen),
                            "manifold_seed": MANIFOLD_SEED, "neighbours": metrics.NEIGHBOURS,
                            "token_side": token_side, "seams": rounded(seams(real.jumps))}

    def quality(self, images: torch.Tensor, labels: torch.Tensor, subset: torch.Tensor | None = None) -> dict:
        """The quality fields of evaluation.json for images [N, channels, side, side] as bytes; under `subset` those of
        the images that `subset` [N] (booleans) names, by themselves, unless it names all."""
        judged = Judged.of(self.classifier, images, labels, self.token_side)
        found = self.quality_of(judged)
        if subset is not None and not subset.all():
            found["subset"] = self.quality_of(judged[subset.numpy()])
        return found

    def quality_of(self, images: Judged) -> dict:
        right = images.predicted == images.labels
        precision, recall = metrics.precision_recall(images.features, self.manifold)
        frechet_interval = metrics.frechet_interval(images.features, images.labels, self.frechet)
        accuracy_interval = metrics.accuracy_interval(images.predicted, images.labels)
        across, inside = images.jumps.mean(0)
        return {
            "images": len(images.labels),
            "frechet": round(self.frechet.distance(images.features), 3),
            "frechet_interval": [round(end, 3) for end in frechet_interval],
            "accuracy": round(metrics.accuracy(images.predicted, images.labels), 4),
            "accuracy_interval": [round(end, 4) for end in accuracy_interval],
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "seams": rounded(seams(images.jumps)),
            "seams_interval": rounded(seams_interval(images.jumps, images.labels)),
            "jumps": {"across": round(float(across), 3), "inside": round(float(inside), 3)},
            "per_class": {name: round(float(right[images.labels == i].mean()), 4)
                          for i, name in enumerate(self.dataset.classes) if (images.labels == i).any()},
        }


def rounded(value: float | tuple[float, float] | None) -> float | list[float] | None:
    """To four digits after the point, each end of an interval by itself; None stays."""
    if value is None:
        return None
    return [round(end, 4) for end in value] if isinstance(value, tuple) else round(value, 4)
