"""Quality of a set of images, from what a judge says of it: pure functions on features and predicted classes.

Frechet distance: FID (arXiv 1706.08500) in the judge's features instead of Inception's. Precision and recall: k-NN
manifolds (arXiv 1904.06991). Intervals: bootstrap over the judged images; what they are compared with stays as it is.
Letters: N and M images, F features of one.
"""

from collections.abc import Iterator

import numpy as np

NEIGHBOURS = 3  # k of the manifolds (arXiv 1904.06991, section 3)
ROUNDS = 500  # resamples of an interval
BOUNDS = (2.5, 97.5)  # per cent; the ends of an interval
IDENTICAL = 99.0  # dB that stand for no difference at all
ROWS_AT_ONCE = 1000  # of a matrix of distances; bounds the memory


class FrechetReference:
    """The Gaussian fitted to reference features [M, F], with what makes many distances to it cheap."""

    def __init__(self, features: np.ndarray):
        self.mean, self.covariance = gaussian(features)
        values, vectors = np.linalg.eigh(self.covariance)
        self.root = vectors * np.sqrt(values.clip(0)) @ vectors.T

    def distance(self, features: np.ndarray) -> float:
        """|mu_a - mu_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2)) to the Gaussian fitted to features [N, F]."""
        mean, covariance = gaussian(features)
        cross = np.sqrt(np.linalg.eigvalsh(self.root @ covariance @ self.root).clip(0)).sum()
        return float(np.square(mean - self.mean).sum() + np.trace(covariance) + np.trace(self.covariance) - 2 * cross)


def gaussian(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean [F] and covariance [F, F] of features [N, F], in double precision."""
    features = np.asarray(features, np.float64)
    mean = features.mean(0)
    centred = features - mean
    return mean, centred.T @ centred / (len(features) - 1)


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of the images [N] that are named as they were asked for."""
    return float(np.mean(predicted == labels))


def psnr(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio in dB of each pair of images [N, ...] as bytes: [N]; IDENTICAL where equal."""
    pairs = zip(a, b, strict=True)
    errors = np.array([np.square(x.astype(np.float64) - y).mean() for x, y in pairs])
    return np.minimum(IDENTICAL, 10 * np.log10(255**2 / np.maximum(errors, 1e-9)))


def precision_recall(features: np.ndarray, reference: np.ndarray, neighbours: int = NEIGHBOURS) -> tuple[float, float]:
    """How many of the images look like the reference, and how much of the reference is covered by the images.

    Around every point of a set lies a ball that reaches to its k-th nearest neighbour in the set; the balls together
    are the set's manifold. Precision: share of features [N, F] on the manifold of the reference [M, F]; recall: share
    of the reference on the manifold of the features. Both depend on N and M: compare at equal numbers only.
    """
    features, reference = np.asarray(features, np.float64), np.asarray(reference, np.float64)
    return on_manifold(features, reference, neighbours), on_manifold(reference, features, neighbours)


def on_manifold(points: np.ndarray, of: np.ndarray, neighbours: int) -> float:
    """Share of points [N, F] within the manifold of the set `of` [M, F]."""
    if len(of) <= neighbours:
        raise ValueError(f"{len(of)} points have no {neighbours} neighbours each")
    # The point itself is at distance 0 and comes first.
    radii = np.concatenate([np.partition(part, neighbours, 1)[:, neighbours] for part in squared_distances(of, of)])
    within = [(part <= radii).any(1) for part in squared_distances(points, of)]
    return float(np.concatenate(within).mean())


def squared_distances(a: np.ndarray, b: np.ndarray) -> Iterator[np.ndarray]:
    """Between the rows of a [N, F] and of b [M, F]: the rows of [N, M], in parts."""
    norms = np.square(b).sum(1)
    for start in range(0, len(a), ROWS_AT_ONCE):
        part = a[start : start + ROWS_AT_ONCE]
        yield (np.square(part).sum(1)[:, None] - 2 * part @ b.T + norms).clip(0)


def resamples(labels: np.ndarray, rounds: int = ROUNDS, seed: int = 0) -> Iterator[np.ndarray]:
    """Indices [N] of bootstrap samples: drawn with replacement within each class, for the numbers of images per class
    are chosen, not random."""
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    for _ in range(rounds):
        yield np.concatenate([generator.choice(indices, len(indices)) for indices in members])


def accuracy_interval(predicted: np.ndarray, labels: np.ndarray, rounds: int = ROUNDS) -> tuple[float, float]:
    """95 % percentile interval of the accuracy; a point where all images are named right."""
    right = predicted == labels
    low, high = np.percentile([right[index].mean() for index in resamples(labels, rounds)], BOUNDS)
    return float(low), float(high)


def frechet_interval(features: np.ndarray, labels: np.ndarray, reference: FrechetReference,
                     rounds: int = ROUNDS) -> tuple[float, float]:
    """95 % interval of the Frechet distance *at this number of images*: recentred basic bootstrap.

    A Frechet distance from N images is too large, for errors of their fitted Gaussian only add to it; and a resample
    has fewer distinct images, so its distance is too large once more, by about as much. Quantiles of the resamples
    would therefore lie above the estimate d, often altogether. Only their spread is used: the resamples' deviations
    from their own mean, mirrored (basic bootstrap) and put around d. So the interval is for the distance that N other
    images of the sampler are expected to have, bias of N included, not for the distance at infinitely many: samplers
    are compared at the same N, where the bias is about the same for all. Where d is little more than its bias, as for
    real images, the interval is up to twice as wide as it need be.
    """
    distances = np.array([reference.distance(features[index]) for index in resamples(labels, rounds)])
    low, high = np.percentile(distances - distances.mean(), BOUNDS)
    estimate = reference.distance(features)
    return max(0.0, float(estimate - high)), float(estimate - low)
