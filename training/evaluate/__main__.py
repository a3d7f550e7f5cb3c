"""Judge images: those of samplers of a model, made by the engine; of a folder; or an autoencoder's reconstructions.

    python training/evaluate.py models/fashion --samplers gtr-16 "mar-64 clip 950" --count 200 --seed 1
    python training/evaluate.py models/fashion --groups selection order --count 100
    python training/evaluate.py models/fashion --time                       # on a quiet machine, after the others
    python training/evaluate.py --folder FOLDER --dataset fashion
    python training/evaluate.py --vae runs/vae/last.pt --dataset fashion

Samplers are the variants of variants.py. All make the same number of images with the same seeds, which the data set's
classifier judges: how often it names the class asked for, and, in its features against real test images, Frechet
distance, precision and recall (metrics.py). Results are added to evaluation.json in the model directory
(evaluation_file.py). A sampler that is named with --samplers is judged again; one of a group only if it has not been,
at this number of images.

The floor is what as many real images of the training set get. The judge was trained on those, so it names more of them
right than test images (`classifier_accuracy`).
"""

import argparse
import json
import sys
from pathlib import Path

import data
import evaluation_file
from common import add_dataset_arguments
from engine import Engine, EngineFailure
from judged_images import read_folder, reconstruct
from quality import Reference
from sampler_evaluation import Amount, begin, evaluate, has, measure_times
from variants import Variant, groups, variants


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
        evaluation_file.put(content, variant.name, entry)
        evaluation_file.save(out, content)
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


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, nargs="?", help="model directory, in a directory of models")
    p.add_argument("--binary", type=Path, default=Path(".build/release/underpaint"))
    p.add_argument("--samplers", nargs="+", default=[], metavar="NAME", help="variants of variants.py")
    p.add_argument("--groups", nargs="+", default=[], metavar="NAME",
                   help="groups of variants.py; where neither is given: presets, or with --time all in the file")
    p.add_argument("--count", type=int, default=200, help="images of each class")
    p.add_argument("--subset", type=int, help="judge the first so many images of each class by themselves too")
    p.add_argument("--seed", type=int, default=1, help="of the first image of each class")
    p.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the images here, and use those that are here")
    p.add_argument("--out", type=Path, help="default: evaluation.json in the model directory")
    p.add_argument("--time", action="store_true", help="measure times of what the file has, and nothing else")
    p.add_argument("--rounds", type=int, default=5, help="of --time")
    p.add_argument("--folder", type=Path, help="judge this folder of PNGs")
    p.add_argument("--vae", type=Path, help="judge reconstructions by this autoencoder's checkpoint")
    p.add_argument("--json", action="store_true", help="with --folder and --vae")
    p.add_argument("--classifier", type=Path, help="the judge's weights, where they are not at their usual place")
    add_dataset_arguments(p)
    p.set_defaults(dataset=None)
    args = p.parse_args()
    if not args.model:
        if not args.folder and not args.vae:
            p.error("nothing to judge: a model, --folder or --vae")
        judge_alone(Reference(data.DATASETS[args.dataset or data.FASHION.name], args.data, args.classifier), args)
        return
    if not args.groups and not args.samplers and not args.time:
        args.groups = ["presets"]
    engine, out = Engine.of(args.binary, args.model), args.out or args.model / "evaluation.json"
    if args.time:
        named, grouped = choose(engine.description["grid"]["height"], args.samplers, args.groups)
        measure_times(engine, out, [variant.name for variant in named + grouped], args.rounds)
        return
    dataset = data.DATASETS[args.dataset or engine.description.get("dataset", engine.description["name"])]
    judge_samplers(engine, Reference(dataset, args.data, args.classifier), out, args)


if __name__ == "__main__":
    main()
