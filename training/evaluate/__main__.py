"""Judge images: those of samplers of a model, made by the engine; of a folder; or an autoencoder's reconstructions.

    python -m training.evaluate models/fashion --samplers gtr-16 "mar-64 clip 950" --count 200 --seed 1
    python -m training.evaluate models/fashion --groups selection order --count 100
    python -m training.evaluate models/fashion --time                       # on a quiet machine, after the others
    python -m training.evaluate --folder FOLDER --dataset fashion
    python -m training.evaluate --vae runs/vae/last.pt --dataset fashion

Samplers are the variants of variants.py. All make the same number of images with the same seeds, which the data set's
classifier judges: how often it names the class asked for, and, in its features against real test images, Frechet
distance, precision and recall (metrics.py); and how far tokens break where they meet (seams.py). Results are added to
evaluation.json in the model directory (results.py). A sampler that is named with --samplers is judged again; one of a
group only if it has not been, at this number of images.

The floor is what as many real images of the training set get. The judge was trained on those, so it names more of them
right than test images (`classifier_accuracy`). With --vae their reconstructions are judged too: no sampler of the
model can be expected to do better.
"""

import argparse
from pathlib import Path

from training.data.catalogue import DATASETS, FASHION, add_dataset_arguments
from training.evaluate.engine import Engine
from training.evaluate.judging import choose, judge_alone, judge_samplers
from training.evaluate.quality import TOKEN_SIDE, Reference
from training.evaluate.samplers import measure_times
from training.model.checkpoint import load_vae


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, nargs="?", help="model directory, in a directory of models")
    p.add_argument("--binary", type=Path, default=Path(".build/release/underpaint"))
    p.add_argument("--samplers", nargs="+", default=[], metavar="NAME", help="variants of variants.py")
    p.add_argument("--groups", nargs="+", default=[], metavar="NAME",
                   help="groups of variants.py; where neither is given: presets, or with --time all in the file")
    p.add_argument("--without", nargs="+", default=[], metavar="NAME", help="leave out these of the groups' variants")
    p.add_argument("--count", type=int, default=200, help="images of each class")
    p.add_argument("--subset", type=int, help="judge the first so many images of each class by themselves too")
    p.add_argument("--seed", type=int, default=1, help="of the first image of each class")
    p.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the images here, and use those that are here")
    p.add_argument("--out", type=Path, help="default: evaluation.json in the model directory")
    p.add_argument("--time", action="store_true", help="measure times of what the file has, and nothing else")
    p.add_argument("--rounds", type=int, default=5, help="of --time")
    p.add_argument("--folder", type=Path, help="judge this folder of PNGs")
    p.add_argument("--vae", type=Path, help="judge reconstructions by this autoencoder's checkpoint: of all test "
                   "images, or beside a model's samplers those of the floor")
    p.add_argument("--token-side", type=int, default=TOKEN_SIDE, help="pixels of a token, with --folder")
    p.add_argument("--json", action="store_true", help="with --folder and --vae")
    p.add_argument("--classifier", type=Path, help="the judge's weights, where they are not at their usual place")
    add_dataset_arguments(p)
    p.set_defaults(dataset=None)
    args = p.parse_args()
    if not args.model:
        if not args.folder and not args.vae:
            p.error("nothing to judge: a model, --folder or --vae")
        vae = load_vae(args.vae) if args.vae else None
        token_side = vae.config.stride if vae else args.token_side
        dataset = DATASETS[args.dataset or FASHION.name]
        judge_alone(Reference(dataset, args.data, args.classifier, token_side), vae, args)
        return
    if not args.groups and not args.samplers and not args.time:
        args.groups = ["presets"]
    engine, out = Engine.of(args.binary, args.model), args.out or args.model / "evaluation.json"
    if args.time:
        named, grouped = choose(engine.description["grid"]["height"], args.samplers, args.groups, args.without)
        measure_times(engine, out, [variant.name for variant in named + grouped], args.rounds)
        return
    dataset = DATASETS[args.dataset or engine.description.get("dataset", engine.description["name"])]
    token_side = dataset.side // engine.description["grid"]["height"]
    judge_samplers(engine, Reference(dataset, args.data, args.classifier, token_side), out, args)


if __name__ == "__main__":
    main()
