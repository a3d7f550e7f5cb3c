"""Pictures: what stands where, and what is nearest."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training.data.catalogue import FRUITS
from training.evaluate.grid import GAP, class_ids, panel
from training.evaluate.nearest import AT_ONCE, as_found, nearest


@pytest.fixture
def folder(tmp_path) -> Path:
    """Images of three classes and two seeds whose grey is 10 times the class plus the seed."""
    entries = []
    for class_id in (4, 7, 9):
        for seed in (1, 2):
            file = f"{class_id}-{seed}.png"
            Image.new("RGB", (8, 8), (10 * class_id + seed,) * 3).save(tmp_path / file)
            entries.append({"file": file, "class_id": class_id, "seed": seed})
    (tmp_path / "images.json").write_text(json.dumps(entries))
    return tmp_path


def greys(picture: Image.Image, side: int) -> list[list[int]]:
    pixels = np.asarray(picture)[:: side + GAP, :: side + GAP, 0]
    return pixels.tolist()


def test_columns_are_classes_and_rows_are_seeds(folder):
    assert greys(panel(folder, scale=2), 16) == [[41, 71, 91], [42, 72, 92]]
    chosen = panel(folder, scale=1, columns=[9, 4], rows=1)
    assert greys(chosen, 8) == [[91, 41]] and chosen.size == (2 * 8 + GAP, 8)


def test_a_place_without_an_image_is_refused(folder):
    with pytest.raises(SystemExit, match=r"\(5, 1\)"):
        panel(folder, 1, columns=[5])
    with pytest.raises(SystemExit, match="2 seeds"):
        panel(folder, 1, rows=3)


def test_classes_go_by_name_synonym_or_number():
    assert class_ids(FRUITS, ["Walnut", "pitaya", "0", "Lemons"]) == [29, 5, 0, 11]
    with pytest.raises(SystemExit, match="durian"):
        class_ids(FRUITS, ["banana", "durian"])


def test_the_nearest_image_may_be_a_mirror_image_and_in_any_part():
    generator = torch.Generator().manual_seed(0)
    training = torch.randint(256, (AT_ONCE + 50, 3, 8, 8), generator=generator, dtype=torch.uint8)
    wanted = torch.stack([training[3], training[AT_ONCE + 7], training[5].flip(2), training[AT_ONCE + 9].flip(2)])
    distances, index = nearest(wanted, training)
    assert index.tolist() == [3, AT_ONCE + 7, len(training) + 5, len(training) + AT_ONCE + 9]
    assert distances.max() < 1e-3
    assert torch.equal(as_found(training, index), wanted)


def test_distances_are_root_mean_squares_of_pixels():
    training = torch.zeros(2, 1, 4, 4, dtype=torch.uint8)
    training[1] = 255
    distances, index = nearest(torch.full((1, 1, 4, 4), 51, dtype=torch.uint8), training)
    assert distances.tolist() == pytest.approx([0.2]) and index.tolist() == [0]
