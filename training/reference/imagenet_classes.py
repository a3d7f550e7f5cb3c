"""Write the list of ImageNet's 1,000 classes that the binary embeds: WordNet id, name, synonyms, separated by tabs.

    pip install --no-deps torchvision timm
    python -m training.reference.imagenet_classes > Sources/underpaint/Import/imagenet-classes.tsv

Names are torchvision's, of which no two are the same; ids and synonyms (the lemmas of WordNet 3.0) come with timm. Class n
is the n-th WordNet id in ascending order, as in every model trained on ImageNet's folders.
"""

import ast
import importlib.util
import re
from pathlib import Path


def package_file(package: str, path: str) -> str:
    """Text of a package's file, without importing it."""
    spec = importlib.util.find_spec(package)
    return (Path(spec.origin).parent / path).read_text()


def folded(name: str) -> str:
    """The server takes names that differ in this way only for the same."""
    return " ".join(re.split(r"[\s\-_]+", name.lower()))


def main() -> None:
    module = ast.parse(package_file("torchvision", "models/_meta.py"))
    names = next(ast.literal_eval(node.value) for node in module.body
                 if isinstance(node, ast.Assign) and node.targets[0].id == "_IMAGENET_CATEGORIES")
    ids = package_file("timm", "data/_info/imagenet_synsets.txt").split()
    lines = package_file("timm", "data/_info/imagenet_synset_to_lemma.txt").splitlines()
    lemmas = dict(line.split("\t") for line in lines)
    assert len(names) == len(ids) == 1000 and ids == sorted(ids)
    for wordnet_id, name in zip(ids, names):
        fields, seen = [wordnet_id, name], {folded(name)}
        for lemma in lemmas[wordnet_id].split(", "):
            if folded(lemma) not in seen:
                seen.add(folded(lemma))
                fields.append(lemma)
        print("\t".join(fields))


if __name__ == "__main__":
    main()
