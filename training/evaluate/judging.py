"""What `python -m training.evaluate` does: judges the samplers of a model, a folder, or an autoencoder."""

import json
import sys
from pathlib import Path

from training.evaluate import results
from training.evaluate.engine import Engine, EngineFailure
from training.evaluate.images import read_folder, reconstruct
from training.evaluate.quality import Reference
from training.evaluate.samplers import Amount, begin, evaluate, has
from training.evaluate.variants import Variant, groups, variants


def line(name: str, quality: dict) -> str:
    (low, high), (worst, best) = quality["frechet_interval"], quality["accuracy_interval"]
    return (f"{name}: {quality['images']} images, Frechet distance {quality['frechet']:.2f} ({low:.2f} to {high:.2f}), "
            f"{quality['accuracy']:.1%} named right ({worst:.1%} to {best:.1%}), "
            f"precision {quality['precision']:.3f}, recall {quality['recall']:.3f}")


def choose(side: int, names: list[str], group_names: list[str]) -> tuple[list[Variant], list[Variant]]:
    """The variants called so, and the others that the groups have."""
    by_name, by_group = variants(side), groups(side)
    unknown = [name for name in names if name not in by_name]
    unknown += [name for name in group_names if name not in by_group]
    if unknown:
        raise SystemExit(f"no such sampler or group: {'; '.join(unknown)}\nsamplers: {'; '.join(by_name)}\n"
                         f"groups: {', '.join(by_group)}")
    named = [by_name[name] for name in dict.fromkeys(names)]
    grouped = dict.fromkeys(variant for name in group_names for variant in by_group[name].variants)
    return named, [variant for variant in grouped if variant not in named]


def judge_samplers(engine: Engine, reference: Reference, out: Path, args) -> None:
    amount, classes = Amount(args.count, args.subset, args.seed), len(reference.dataset.classes)
    named, grouped = choose(engine.description["grid"]["height"], args.samplers, args.groups)
    content = begin(engine, reference, amount, args.data, out)
    print(line("floor", content["floor"]), flush=True)
    judged = [v for v in grouped if has(content["samplers"].get(v.name, {}), amount, classes)]
    failed = []
    for variant in named + [v for v in grouped if v not in judged]:
        try:
            entry = evaluate(engine, variant, reference, amount, args.keep)
        except EngineFailure as failure:
            print(f"{variant.name}: {failure}", file=sys.stderr)
            failed.append(variant.name)
            continue
        results.put(content, variant.name, entry)
        results.save(out, content)
        print(line(variant.name, entry), flush=True)
    if judged:
        print(f"judged before: {', '.join(variant.name for variant in judged)}")
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def judge_alone(reference: Reference, args) -> None:
    """A folder or an autoencoder's reconstructions: printed, not kept."""
    report = {"classifier_accuracy": reference.accuracy}
    if args.vae:
        images, labels = reference.dataset.load("test", args.data)
        report["reconstructions"] = reference.quality(reconstruct(args.vae, images), labels)
    if args.folder:
        images, labels, _ = read_folder(args.folder, reference.dataset)
        report["folder"] = reference.quality(images, labels)
    if args.json:
        print(json.dumps(report, indent=2))
        return
    print(f"classifier on real test images: {report.pop('classifier_accuracy'):.1%}")
    for name, quality in report.items():
        print(line(name, quality))
        for class_name, accuracy in quality["per_class"].items():
            print(f"  {class_name:16} {accuracy:.1%}")
