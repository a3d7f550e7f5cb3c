"""What `python -m training.evaluate` does: judges the samplers of a model, a folder, or an autoencoder."""

import json
import sys
from pathlib import Path

import torch

from training.evaluate import metrics, results
from training.evaluate.engine import Engine, EngineFailure
from training.evaluate.images import read_folder, reconstruct
from training.evaluate.quality import Reference
from training.evaluate.samplers import Amount, begin, evaluate, has
from training.evaluate.variants import Variant, groups, variants
from training.model.checkpoint import load_vae
from training.model.vae import VAE


def line(name: str, quality: dict) -> str:
    (low, high), (worst, best) = quality["frechet_interval"], quality["accuracy_interval"]
    psnr = f"PSNR {quality['psnr']:.2f} dB, " if "psnr" in quality else ""
    seams = f", seams {quality['seams']:.3f}" if quality.get("seams") is not None else ""
    return (f"{name}: {quality['images']} images, {psnr}"
            f"Frechet distance {quality['frechet']:.2f} ({low:.2f} to {high:.2f}), "
            f"{quality['accuracy']:.1%} named right ({worst:.1%} to {best:.1%}), "
            f"precision {quality['precision']:.3f}, recall {quality['recall']:.3f}{seams}")


def choose(side: int, names: list[str], group_names: list[str],
           without: list[str] = ()) -> tuple[list[Variant], list[Variant]]:
    """The variants called so, and the others that the groups have, but for those that are left out."""
    by_name, by_group = variants(side), groups(side)
    unknown = [name for name in (*names, *without) if name not in by_name]
    unknown += [name for name in group_names if name not in by_group]
    if unknown:
        raise SystemExit(f"no such sampler or group: {'; '.join(unknown)}\nsamplers: {'; '.join(by_name)}\n"
                         f"groups: {', '.join(by_group)}")
    named = [by_name[name] for name in dict.fromkeys(names)]
    grouped = dict.fromkeys(variant for name in group_names for variant in by_group[name].variants)
    return named, [variant for variant in grouped if variant not in named and variant.name not in without]


def judge_samplers(engine: Engine, reference: Reference, out: Path, args) -> None:
    amount, classes = Amount(args.count, args.subset, args.seed), len(reference.dataset.classes)
    named, grouped = choose(engine.description["grid"]["height"], args.samplers, args.groups, args.without)
    vae = load_vae(args.vae) if args.vae else None
    content = begin(engine, reference, amount, args.data, out, vae)
    for name in ("floor", "reconstructions"):
        if name in content:
            print(line(name, content[name]), flush=True)
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


def judge_autoencoder(vae: VAE, reference: Reference, images: torch.Tensor, labels: torch.Tensor) -> dict[str, dict]:
    """Quality and PSNR of reconstructions of these images; from samples of the posterior, which is what the decoder
    was trained on, and from its mean."""
    report = {}
    for name, sampled in (("reconstructions, posterior mean", False), ("reconstructions, posterior sample", True)):
        made = reconstruct(vae, images, sampled)
        psnr = float(metrics.psnr(images.numpy(), made.numpy()).mean())
        report[name] = {"psnr": round(psnr, 3)} | reference.quality(made, labels)
    return report


def judge_alone(reference: Reference, vae: VAE | None, args) -> None:
    """A folder or an autoencoder's reconstructions: printed, not kept."""
    report, real = {}, {"accuracy": reference.accuracy, "seams": reference.description["seams"]}
    if vae:
        report |= judge_autoencoder(vae, reference, *reference.dataset.load("test", args.data))
    if args.folder:
        images, labels, _ = read_folder(args.folder, reference.dataset)
        report["folder"] = reference.quality(images, labels)
    if args.json:
        print(json.dumps({"real test images": real} | report, indent=2))
        return
    print(f"real test images: {real['accuracy']:.1%} named right, seams {real['seams']:.3f}")
    for name, quality in report.items():
        print(line(name, quality))
        for class_name, accuracy in quality["per_class"].items():
            print(f"  {class_name:16} {accuracy:.1%}")
