"""models/<name>/evaluation.json: what was measured of a model's samplers, added to run by run.

    {"model", "dataset", "weights_sha256", "defaults", "seed", "classifier_accuracy", "reference": {...},
     "floor": {...}, "reconstructions": {...}, "timing": {...}, "samplers": {NAME: {...}}}

Every sampler has `images`, `frechet`, `frechet_interval`, `accuracy`, `accuracy_interval`, `precision`, `recall`,
`seams`, `seams_interval`, `jumps` (seams.py; missing in files that are older), `ms_per_image` (null until timed; then
`ms_rounds`, over how many rounds it is the median), `gflop_per_image`, `diffusion_evaluations`, `per_class`, `flags`;
and `subset`, the quality fields of the first images of each class by themselves, where that was asked for: only equal
numbers of images compare. The floor, real training images, and their reconstructions, where the autoencoder was given,
have the quality fields.
"""

import json
import os
from pathlib import Path


def load(path: Path, identity: dict) -> dict:
    """The file's content, or a new one. `identity`: fields that everything in it has in common."""
    if not path.exists():
        return identity | {"samplers": {}}
    content = json.loads(path.read_text())
    for name, value in identity.items():
        if content[name] != value:
            raise SystemExit(f"{path} was made with {name} {content[name]}, not {value}: "
                             "remove it to start anew, or name another file with --out")
    return content


def put(content: dict, name: str, entry: dict) -> None:
    """Replace one sampler's entry. A time that was measured with the same flags stays."""
    before = content["samplers"].get(name, {})
    is_same = before.get("flags") == entry["flags"]
    timed = {field: before[field] for field in ("ms_per_image", "ms_rounds") if is_same and field in before}
    content["samplers"][name] = entry | timed


def save(path: Path, content: dict) -> None:
    """One line for each field and each sampler. Atomic: an interrupted run leaves the file as it was."""
    samplers = ",\n".join(f"    {json.dumps(name)}: {json.dumps(entry)}" for name, entry in content["samplers"].items())
    fields = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in content.items() if name != "samplers"]
    fields.append('  "samplers": {\n' + samplers + "\n  }")
    partial = path.with_suffix(".partial")
    partial.write_text("{\n" + ",\n".join(fields) + "\n}\n")
    os.replace(partial, path)


def quality_at(entry: dict, images: int) -> dict | None:
    """The quality fields at this number of images: the entry's own, or those of its subset; None where it has none."""
    return next((part for part in (entry, entry.get("subset", {})) if part.get("images") == images), None)


def common_count(entries: list[dict]) -> int | None:
    """The most images at which all entries can be compared; None where there is no such number."""
    counts = [{entry["images"], entry.get("subset", entry)["images"]} for entry in entries]
    return max(set.intersection(*counts), default=None) if counts else None
