"""Images made by the engine: runs of `underpaint generate`, kept and used again where nothing has changed."""

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MADE_FROM = "made_from.json"  # in a kept folder, written last: what its images were made from
MANIFEST = "images.json"  # which `underpaint generate` writes: file, class and seed of each image


class EngineFailure(Exception):
    """A command that failed, with what it said."""


@dataclass(frozen=True)
class Engine:
    """The binary with one model; `description` is its model.json."""

    binary: Path
    model: Path
    description: dict

    @classmethod
    def of(cls, binary: Path, model: Path) -> "Engine":
        if not binary.exists():
            raise SystemExit(f"{binary}: no such binary; `make build` makes .build/release/underpaint")
        if not (model / "model.json").exists():
            raise SystemExit(f"{model}: no model.json; a folder of images goes with --folder")
        return cls(binary.resolve(), model.resolve(), json.loads((model / "model.json").read_text()))

    @property
    def identity(self) -> dict:
        """What the images depend on beside flags and seeds."""
        return {"weights_sha256": self.description["weights_sha256"], "defaults": self.description["defaults"]}

    def generate(self, flags: Sequence[str], count: int, seed: int, folder: Path) -> dict:
        """`count` images of each class with seeds from `seed` into `folder`; what the command prints with --json."""
        folder.mkdir(parents=True, exist_ok=True)
        return self.run(folder, "generate", "--class", "all", "--count", str(count), "--seed", str(seed),
                        "-o", str(folder.resolve()), *flags)

    def runtime(self) -> dict:
        """What computes: backend, precision and threads."""
        with tempfile.TemporaryDirectory() as folder:
            measured = self.run(Path(folder), "bench")
        return {name: measured[name] for name in ("backend", "precision", "threads")}

    def run(self, folder: Path, subcommand: str, *arguments: str) -> dict:
        """Started in `folder`, where no configuration file lies."""
        command = [str(self.binary), subcommand, "--models", str(self.model.parent), "--model",
                   self.description["name"], "--json", *arguments]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise EngineFailure(f"{' '.join(command)} failed:\n{done.stderr}")
        return json.loads(done.stdout)


def generate_or_reuse(engine: Engine, flags: Sequence[str], count: int, seed: int, folder: Path) -> dict:
    """Like `Engine.generate`, but makes only those images that the folder does not have already.

    Returns what one image costs: `per_image` of what the command printed for the images that were made last. A folder
    from before that was printed is made anew.
    """
    wanted, record = {"flags": list(flags), "seed": seed} | engine.identity, folder / MADE_FROM
    kept, entries = read_kept(record, wanted)
    made_already = kept.get("count", 0)
    if made_already >= count:
        return kept["per_image"]
    record.unlink(missing_ok=True)
    if not entries:
        for image in folder.glob("*.png"):
            image.unlink()
    report = engine.generate(flags, count - made_already, seed + made_already, folder)
    if entries:
        manifest = folder / MANIFEST
        manifest.write_text(json.dumps(entries + json.loads(manifest.read_text()), indent=2) + "\n")
    made = {name: report[name] for name in ("settings", "per_image")}
    record.write_text(json.dumps(wanted | {"count": count} | made, indent=2) + "\n")
    return made["per_image"]


def read_kept(record: Path, wanted: dict) -> tuple[dict, list[dict]]:
    """The record of a folder with images that were made as wanted, and its manifest; both empty for any other folder."""
    if record.exists():
        kept = json.loads(record.read_text())
        if "per_image" in kept and wanted.items() <= kept.items():
            return kept, json.loads((record.parent / MANIFEST).read_text())
    return {}, []


def folder_name(variant: str) -> str:
    """The name of a variant as that of a folder."""
    return re.sub(r"[^A-Za-z0-9.,]+", "-", variant)
