"""The evaluation around the metrics: which images are judged, what is made again, and what the file keeps."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training.data.catalogue import FASHION, IMAGENETTE
from training.evaluate import results
from training.evaluate.engine import Engine, EngineFailure, folder_name, generate_or_reuse
from training.evaluate.images import first_of_each, random_of_each, read_folder
from training.evaluate.judging import choose
from training.evaluate.samplers import Amount, has
from training.evaluate.tables import table
from training.evaluate.variants import GTR_16, GTR_32, PRESETS, Group, variants

IDENTITY = {"model": "small", "weights_sha256": "aa", "seed": 1}


def entry(images: int, frechet: float = 5, ms: float | None = None, flags: tuple[str, ...] = ()) -> dict:
    return {"images": images, "frechet": frechet, "frechet_interval": [frechet - 1, frechet + 1], "accuracy": 0.9,
            "accuracy_interval": [0.85, 0.95], "precision": 0.8, "recall": 0.7, "ms_per_image": ms,
            "gflop_per_image": 10.0, "diffusion_evaluations": 64, "flags": list(flags)}


def test_an_entry_replaces_its_own_only_and_keeps_the_time_of_the_same_flags():
    content = IDENTITY | {"samplers": {"a": entry(10, ms=7, flags=("x",)), "b": entry(10, ms=8)}}
    results.put(content, "a", entry(20, flags=("x",)))
    assert content["samplers"] == {"a": entry(20, ms=7, flags=("x",)), "b": entry(10, ms=8)}
    results.put(content, "a", entry(20, flags=("y",)))
    assert content["samplers"]["a"]["ms_per_image"] is None


def test_the_file_comes_back_as_it_was_saved(tmp_path):
    path = tmp_path / "evaluation.json"
    content = results.load(path, IDENTITY)
    results.save(path, content)
    assert results.load(path, IDENTITY) == IDENTITY | {"samplers": {}}
    results.put(content, "a", entry(10))
    results.put(content, "b", entry(10))
    results.save(path, content)
    assert results.load(path, IDENTITY) == content
    assert [file.name for file in tmp_path.iterdir()] == ["evaluation.json"]


def test_a_file_of_other_weights_is_refused(tmp_path):
    path = tmp_path / "evaluation.json"
    results.save(path, IDENTITY | {"samplers": {}})
    with pytest.raises(SystemExit, match="weights_sha256"):
        results.load(path, IDENTITY | {"weights_sha256": "bb"})


def test_only_equal_numbers_of_images_compare():
    both, few, many = entry(20) | {"subset": entry(10, frechet=8)}, entry(10), entry(20)
    assert results.quality_at(both, 10)["frechet"] == 8
    assert results.quality_at(few, 20) is None
    assert results.common_count([both, many]) == 20
    assert results.common_count([both, few]) == 10
    assert results.common_count([many, few]) is None


def test_an_entry_counts_as_judged_at_all_numbers_that_are_asked_for():
    both = entry(20) | {"subset": entry(10)}
    assert has(both, Amount(2, 1, seed=1), classes=10) and has(both, Amount(1, None, seed=1), classes=10)
    assert not has(entry(20), Amount(2, 1, seed=1), classes=10) and not has({}, Amount(2, None, seed=1), classes=10)


def test_tables_show_one_number_of_images_and_what_is_missing():
    content = {"floor": entry(10, frechet=1), "samplers": {
        "gtr-16": entry(20) | {"subset": entry(10, frechet=8)}, "gtr-32": entry(10, frechet=9, ms=70.5)}}
    text = table(Group("g", "Which", (GTR_16, GTR_32, GTR_16.but("odd first"))), content)
    assert text.startswith("**Which**, 10 images each:")
    assert "| `gtr-16` | 8.00 (7.00 - 9.00) | 90.0 (85.0 - 95.0) | 0.800 | 0.700 | - | 10.00 | 64 |" in text
    assert "| `gtr-32` | 9.00 (8.00 - 10.00) |" in text and "| 70.5 |" in text
    assert "| *real training images* | 1.00 (0.00 - 2.00) |" in text
    assert text.endswith("Not judged: gtr-16 odd first.")
    assert table(Group("g", "Which", (GTR_16, GTR_16.but("odd first"))), content) is None


def test_named_samplers_are_apart_from_those_of_groups():
    named, grouped = choose(8, ["gtr-16 no clip", "gtr-16"], ["presets"])
    assert [variant.name for variant in named] == ["gtr-16 no clip", "gtr-16"]
    assert grouped == [variant for variant in PRESETS.variants if variant != GTR_16]
    with pytest.raises(SystemExit, match="gtr-17"):
        choose(8, ["gtr-17"], [])


def test_what_is_left_out_is_left_out_of_groups_only():
    named, grouped = choose(8, ["gtr-16"], ["presets"], without=["mar-256", "gtr-16"])
    assert [variant.name for variant in named] == ["gtr-16"]
    assert {variant.name for variant in grouped} == {"gtr-32", "disa-64", "halton-16", "mar-64"}
    with pytest.raises(SystemExit, match="mar-512"):
        choose(8, [], ["presets"], without=["mar-512"])


def test_the_first_and_random_images_of_each_class():
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    assert first_of_each(labels, 2).tolist() == [True, True, False] * 2
    images, chosen = random_of_each(torch.arange(6), labels, 2)
    assert chosen.tolist() == [0, 0, 1, 1] and len(set(images.tolist())) == 4
    assert (labels[images] == chosen).all()
    assert random_of_each(torch.arange(6), labels, 2)[0].tolist() == images.tolist()


def test_a_folder_is_read_with_and_without_a_list(tmp_path):
    Image.fromarray(np.full((28, 28), 9, np.uint8)).save(tmp_path / "00007_3.png")
    images, labels, seeds = read_folder(tmp_path, FASHION)
    assert images.shape == (1, 1, 32, 32) and images.sum() == 9 * 28 * 28
    assert (labels.tolist(), seeds.tolist()) == ([3], [7])
    Image.fromarray(np.full((64, 64, 3), (1, 2, 3), np.uint8)).save(tmp_path / "tench-5.png")
    (tmp_path / "images.json").write_text(json.dumps([{"file": "tench-5.png", "class_id": 0, "seed": 5}]))
    images, labels, seeds = read_folder(tmp_path, IMAGENETTE)
    assert images.shape == (1, 3, 64, 64) and images[0, :, 0, 0].tolist() == [1, 2, 3]
    assert (labels.tolist(), seeds.tolist()) == ([0], [5])


def test_folders_of_variants_have_names_of_their_own():
    for side in (8, 16):
        names = {folder_name(name) for name in variants(side)}
        assert len(names) == len(variants(side)) and not any(set(name) & set(" /()") for name in names)


COST = {"gflop": 10, "diffusion_evaluations": 64}
BINARY = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
touch new.png
echo "[{\\"seed\\": ${12}}]" > images.json
echo '{"settings": {"guidance": 4}, "per_image": {"gflop": 10, "diffusion_evaluations": 64}}'
"""


@pytest.fixture
def engine(tmp_path) -> Engine:
    """A binary that notes how it was called and makes one file."""
    binary, model = tmp_path / "underpaint", tmp_path / "models" / "small"
    model.mkdir(parents=True)
    (model / "model.json").write_text(json.dumps({"name": "small", "weights_sha256": "aa", "defaults": {}}))
    binary.write_text(BINARY)
    binary.chmod(0o755)
    return Engine.of(binary, model)


def calls(engine: Engine) -> list[str]:
    return (engine.binary.parent / "calls").read_text().splitlines()


def test_images_are_made_with_the_flags_of_the_variant(engine, tmp_path):
    folder = tmp_path / "kept"
    assert generate_or_reuse(engine, ["--sampler", "gtr-16"], 5, 1, folder) == COST
    assert calls(engine) == [f"generate --models {tmp_path}/models --model small --json --class all --count 5 --seed 1 "
                             f"-o {folder} --sampler gtr-16"]


def test_images_are_made_again_only_if_something_has_changed(engine, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    for flags, count, seed, expected in [(["--fts"], 5, 1, 1), (["--fts"], 5, 1, 1), (["--fts"], 3, 1, 1),
                                         (["--fts"], 6, 1, 2), (["--no-fts"], 6, 1, 3), (["--no-fts"], 6, 2, 4)]:
        (folder / "old.png").touch()
        assert generate_or_reuse(engine, flags, count, seed, folder) == COST
        assert len(calls(engine)) == expected
    retrained = Engine(engine.binary, engine.model, engine.description | {"weights_sha256": "bb"})
    generate_or_reuse(retrained, ["--no-fts"], 6, 2, folder)
    assert len(calls(engine)) == 5
    assert [path.name for path in folder.glob("*.png")] == ["new.png"]


def test_more_images_are_added_to_those_that_are_there(engine, tmp_path):
    folder = tmp_path / "kept"
    generate_or_reuse(engine, ["--fts"], 5, 1, folder)
    (folder / "old.png").touch()
    assert generate_or_reuse(engine, ["--fts"], 8, 1, folder) == COST
    assert calls(engine)[1].startswith(f"generate --models {tmp_path}/models --model small --json --class all --count 3 "
                                       "--seed 6 ")
    assert len(list(folder.glob("*.png"))) == 2 and json.loads((folder / "images.json").read_text()) == [
        {"seed": 1}, {"seed": 6}]
    generate_or_reuse(engine, ["--fts"], 8, 1, folder)
    assert len(calls(engine)) == 2


def test_images_whose_cost_was_not_noted_are_made_again(engine, tmp_path):
    folder = tmp_path / "kept"
    generate_or_reuse(engine, ["--fts"], 5, 1, folder)
    record = folder / "made_from.json"
    kept = json.loads(record.read_text())
    del kept["per_image"]
    record.write_text(json.dumps(kept))
    assert generate_or_reuse(engine, ["--fts"], 5, 1, folder) == COST
    assert len(calls(engine)) == 2


def test_a_failing_run_says_what_failed(engine):
    engine.binary.write_text("#!/bin/sh\necho no such class >&2; exit 1\n")
    with pytest.raises(EngineFailure, match="no such class"):
        engine.generate(["--sampler", "gtr-16"], 1, 1, Path(engine.binary.parent / "out"))
