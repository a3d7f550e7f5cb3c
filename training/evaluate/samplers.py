"""Evaluation of samplers: quality and cost of each, added to evaluation.json; and how long each takes."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

from training.evaluate import results
from training.evaluate.engine import Engine, folder_name, generate_or_reuse
from training.evaluate.images import first_of_each, random_of_each, read_folder, reconstruct
from training.evaluate.quality import Reference
from training.evaluate.variants import Variant
from training.model.vae import VAE


@dataclass(frozen=True)
class Amount:
    """How many images of each class, with which seeds."""

    count: int
    subset: int | None  # the first so many are judged by themselves too
    seed: int

    def subset_of(self, labels: torch.Tensor) -> torch.Tensor | None:
        return None if self.subset is None else first_of_each(labels, self.subset)

    @property
    def counts(self) -> list[int]:
        """Numbers per class that are judged."""
        return [self.count] if self.subset is None else [self.count, min(self.subset, self.count)]


def begin(engine: Engine, reference: Reference, amount: Amount, location: Path | None, out: Path,
          vae: VAE | None = None) -> dict:
    """The content of evaluation.json with a floor for these numbers of images: real training images, as many; and with
    their reconstructions from samples of the posterior, where the autoencoder is given."""
    dataset = reference.dataset
    content = results.load(out, {
        "model": engine.description["name"], "dataset": dataset.name, **engine.identity, "seed": amount.seed})
    content |= {"classifier_accuracy": round(reference.accuracy, 4), "reference": reference.description}
    wanted = ["floor", *(["reconstructions"] if vae else [])]
    missing = [name for name in wanted if not has(content.get(name, {}), amount, len(dataset.classes))]
    if missing:
        images, labels = random_of_each(*dataset.load("train", location), amount.count)
        for name in missing:
            judged = images if name == "floor" else reconstruct(vae, images, sampled=True)
            content[name] = reference.quality(judged, labels, amount.subset_of(labels))
    return content


def has(entry: dict, amount: Amount, classes: int) -> bool:
    """Has the entry been judged at all of these numbers of images?"""
    return all(results.quality_at(entry, count * classes) for count in amount.counts)


def evaluate(engine: Engine, variant: Variant, reference: Reference, amount: Amount, keep: Path | None) -> dict:
    """One sampler's entry. Its images are made in a folder of `keep`, unless they are there already."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep / folder_name(variant.name) if keep else Path(temporary)
        per_image = generate_or_reuse(engine, variant.flags, amount.count, amount.seed, folder)
        images, labels, seeds = read_folder(folder, reference.dataset)
    wanted = torch.from_numpy(seeds < amount.seed + amount.count)
    images, labels = images[wanted], labels[wanted]
    found = reference.quality(images, labels, amount.subset_of(labels))
    subset = {"subset": found.pop("subset")} if "subset" in found else {}
    per_class = found.pop("per_class")
    return found | costs(per_image) | {"per_class": per_class, "flags": list(variant.flags)} | subset


def costs(per_image: dict) -> dict:
    """The cost fields of evaluation.json, from `per_image` of what `underpaint generate` printed."""
    return {"ms_per_image": None, "gflop_per_image": round(per_image["gflop"], 4),
            "diffusion_evaluations": per_image["diffusion_evaluations"]}


def measure_times(engine: Engine, out: Path, names: list[str], rounds: int) -> None:
    """Fill in ms_per_image and gflop_per_image of these entries, or of all.

    The samplers run in turn, round after round. A run makes jobs of one image, one of each class; its time is the mean
    over them without loading the model, and a sampler's time the median over rounds.
    """
    content = results.load(out, engine.identity)
    missing = [name for name in names if name not in content["samplers"]]
    if missing or not content["samplers"]:
        raise SystemExit(f"{out} has no {', '.join(missing) or 'samplers'}: evaluate before timing")
    entries = {name: content["samplers"][name] for name in names or content["samplers"]}
    times: dict[str, list[float]] = {name: [] for name in entries}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            for name, entry in entries.items():
                report = engine.generate(entry["flags"], 1, content.get("seed", 1), Path(folder))
                times[name].append(report["timings"]["total_ms"] / len(report["images"]))
                entry["gflop_per_image"] = costs(report["per_image"])["gflop_per_image"]
            print(f"round {number + 1} of {rounds}", flush=True)
    for name, entry in entries.items():
        entry |= {"ms_per_image": round(statistics.median(times[name]), 2), "ms_rounds": rounds}
        print(f"{name}: {entry['ms_per_image']} ms, {entry['gflop_per_image']} GFLOP an image")
    content["timing"] = {"images_per_round": len(engine.description["classes"]),
                         "images_per_job": 1} | engine.runtime()
    results.save(out, content)
