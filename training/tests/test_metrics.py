"""Metrics on sets whose answers are known."""

import numpy as np
import pytest

from training.evaluate.metrics import (FrechetReference, accuracy, accuracy_interval, frechet_interval, gaussian,
                                       precision_recall, psnr, resamples)


def normal(count: int, width: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, width))


def test_frechet_distance_of_shifted_features_is_the_square_of_the_shift():
    features = normal(1000, 6, 0)
    assert FrechetReference(features).distance(features) == pytest.approx(0, abs=1e-6)
    assert FrechetReference(features).distance(features + 2) == pytest.approx(24, rel=1e-6)


def test_frechet_distance_of_scaled_features_is_that_of_their_deviations():
    """Of Gaussians whose covariances commute: sum of (sigma_a - sigma_b)^2; here sigma_b = 3 sigma_a."""
    features = normal(1000, 6, 0)
    features -= features.mean(0)
    expected = 4 * np.trace(gaussian(features)[1])
    assert FrechetReference(features).distance(3 * features) == pytest.approx(expected, rel=1e-6)


def test_accuracy_counts_what_is_named_right():
    assert accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2])) == 0.75


def test_psnr_is_that_of_each_pair_and_bounded_where_nothing_differs():
    a = np.zeros((3, 1, 2, 2), np.uint8)
    b = a.copy()
    b[1] += 255
    b[2, 0, 0] = 51
    assert psnr(a, b).tolist() == pytest.approx([99, 0, 10 * np.log10(2 * 25)])
    with pytest.raises(ValueError):
        psnr(a, b[:2])


def test_precision_and_recall_of_a_set_with_itself_are_1():
    points = normal(1500, 3, 1)
    assert precision_recall(points, points) == (1.0, 1.0)


def test_precision_and_recall_of_clouds_far_apart_are_0():
    assert precision_recall(normal(100, 3, 1), normal(100, 3, 2) + 50) == (0.0, 0.0)


def test_a_dropped_mode_costs_recall_and_an_invented_one_precision():
    """Two far clouds on the real side, one of them repeated by the images, which have a third one of their own."""
    shared, dropped, invented = normal(200, 2, 1), normal(200, 2, 2) + 100, normal(200, 2, 3) - 100
    precision, recall = precision_recall(np.concatenate([shared, invented]), np.concatenate([shared, dropped]))
    assert (precision, recall) == (0.5, 0.5)


def test_the_manifold_reaches_to_the_third_neighbour():
    """Points 0, 1, 2, 3 on a line: their third neighbours are at distances 3, 2, 2, 3."""
    line = np.arange(4.0)[:, None]
    near, far = np.array([[-3.0], [6.0], [1.5], [4.0]]), np.array([[-3.1], [6.1], [9.0], [-9.0]])
    assert precision_recall(near, line)[0] == 1
    assert precision_recall(far, line)[0] == 0


def test_a_set_without_so_many_neighbours_is_refused():
    with pytest.raises(ValueError, match="neighbours"):
        precision_recall(normal(10, 2, 0), normal(3, 2, 0))


def test_resamples_keep_the_numbers_of_each_class_and_repeat():
    labels = np.array([0] * 5 + [3] * 2)
    first, second = list(resamples(labels, 4)), list(resamples(labels, 4))
    assert all(labels[index].tolist() == labels.tolist() for index in first)
    assert [index.tolist() for index in first] == [index.tolist() for index in second]
    assert len({tuple(index) for index in first}) == 4


def test_accuracy_intervals_cover_the_true_share():
    """300 images in three classes that are named right with chances of 0.95, 0.8 and 0.65: 0.8 in all. The standard
    deviation of the coverage over 200 trials is 1.5 points."""
    generator, labels = np.random.default_rng(0), np.repeat([0, 1, 2], 100)
    chances, covered = np.array([0.95, 0.8, 0.65])[labels], 0
    for _ in range(200):
        predicted = np.where(generator.random(300) < chances, labels, -1)
        low, high = accuracy_interval(predicted, labels, rounds=200)
        covered += low <= 0.8 <= high
    assert 0.90 <= covered / 200 <= 0.99


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_frechet_intervals_cover_the_expected_distance_at_their_number_of_images(shift):
    """100 images of 5 features against a reference that is the same Gaussian, or shifted by 0.3 in each feature."""
    reference = FrechetReference(normal(20_000, 5, 0) + shift)
    generator, labels = np.random.default_rng(1), np.zeros(100, int)
    draws = [generator.standard_normal((100, 5)) for _ in range(2000)]
    expected = np.mean([reference.distance(features) for features in draws])
    covered = 0
    for features in draws[:200]:
        low, high = frechet_interval(features, labels, reference, rounds=200)
        assert low <= reference.distance(features) <= high
        covered += low <= expected <= high
    assert 0.90 <= covered / 200 <= 1.0


def test_frechet_intervals_narrow_with_the_root_of_the_number_of_images():
    reference = FrechetReference(normal(20_000, 5, 0) + 0.5)

    def width(count: int) -> float:
        low, high = frechet_interval(normal(count, 5, 1), np.zeros(count, int), reference)
        return high - low

    assert width(200) / width(3200) == pytest.approx(4, rel=0.25)
