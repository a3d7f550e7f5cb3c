"""The rooms of the training code import in one direction."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("data", "model", "sample", "evaluate", "train", "reference")


def imported_rooms(file: Path) -> set[str]:
    """The rooms that a file imports from."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    names = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return {name.split(".")[1] for name in names if name and name.startswith("training.")}


def test_a_room_imports_only_from_those_before_it():
    for number, room in enumerate(ROOMS):
        for file in (ROOT / room).glob("*.py"):
            assert imported_rooms(file) <= set(ROOMS[: number + 1]), file


def test_every_folder_with_code_is_a_room():
    folders = {file.parent.name for file in ROOT.glob("*/*.py")}
    assert folders == {*ROOMS, "tests"}


def test_a_forbidden_import_is_seen(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("import training.train.mar\nfrom training.data.pixels import to_unit\nimport torch\n")
    assert imported_rooms(file) == {"train", "data"}
