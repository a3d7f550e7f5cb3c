"""The training sets, as tensors of bytes with class names.

Fashion-MNIST: the IDX files of https://github.com/zalandoresearch/fashion-mnist (Debian package
`dataset-fashion-mnist`), padded from 28 x 28 to 32 x 32. Imagenette at 64 x 64: a zip of `train/<class>/NNNN.webp` and
`val/<class>/NNNN.webp`, made from https://github.com/fastai/imagenette by centre-cropping and downscaling. Fruits at
64 x 64: a zip of the same form, made from https://github.com/Horea94/Fruit-Images-Dataset (Fruits-360, version
2019.05.06) by joining the varieties of a fruit and downscaling.
"""

import argparse
from functools import partial
from pathlib import Path

from training.data.dataset import Dataset, read_fashion, read_folders

IMAGENETTE_FOLDERS = ("tench", "english-springer", "cassette-player", "chain-saw", "church", "french-horn",
                      "garbage-truck", "gas-pump", "golf-ball", "parachute")

FASHION = Dataset(
    name="fashion",
    description="Fashion-MNIST articles, 32 x 32 grey, class-conditional",
    source="Fashion-MNIST training set (60,000 images, Zalando Research)",
    licence="MIT",
    side=32,
    channels=1,
    classes=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    location=Path("/usr/share/datasets/fashion-mnist"),
    read=read_fashion,
    synonyms={"T-shirt/top": ["t-shirt", "top"], "Trouser": ["trousers", "pants"], "Pullover": ["sweater"],
              "Sandal": ["sandals"], "Sneaker": ["sneakers", "trainer"], "Bag": ["handbag"],
              "Ankle boot": ["boot", "boots"]},
)

IMAGENETTE = Dataset(
    name="imagenette",
    description="Ten classes of ImageNet, 64 x 64 colour, class-conditional",
    source="Imagenette training set (9,469 images, fastai; a subset of ImageNet), cropped and scaled to 64 x 64",
    licence="Apache-2.0; the images are ImageNet's, for research use",
    side=64,
    channels=3,
    classes=("tench", "English springer", "cassette player", "chain saw", "church", "French horn", "garbage truck",
             "gas pump", "golf ball", "parachute"),
    location=Path("imagenette-64.zip"),
    read=partial(read_folders, folders=IMAGENETTE_FOLDERS),
    synonyms={"tench": ["fish"], "English springer": ["springer spaniel", "dog"],
              "cassette player": ["cassette", "tape player"], "chain saw": ["chainsaw"], "French horn": ["horn"],
              "garbage truck": ["dustcart"], "gas pump": ["petrol pump"], "parachute": ["chute"]},
    mirrored=True,
)

FRUIT_FOLDERS = (
    "avocado", "banana", "cantaloupe", "cherry", "coconut", "dragon-fruit", "grape", "green-apple", "green-pepper",
    "huckleberry", "kiwi", "lemon", "lime", "lychee", "mango", "mulberry", "orange", "peach", "pear", "physalis",
    "pineapple", "plum", "pomegranate", "raspberry", "red-apple", "red-pepper", "star-fruit", "strawberry", "tomato",
    "walnut", "yellow-apple", "yellow-pepper")

FRUITS = Dataset(
    name="fruits",
    description="32 kinds of fruit on white, 64 x 64 colour, class-conditional",
    source="Fruits-360, version 2019.05.06 (19,878 training images of 60 varieties, joined to 32 classes), 64 x 64",
    licence="MIT; the images: MIT, Copyright (c) 2017-2019 Mihai Oltean, Horea Muresan",
    side=64,
    channels=3,
    classes=tuple(folder.replace("-", " ") for folder in FRUIT_FOLDERS),
    location=Path("fruits-64.zip"),
    read=partial(read_folders, folders=FRUIT_FOLDERS),
    synonyms={"avocado": ["avocado pear"], "banana": ["bananas"], "cantaloupe": ["cantaloupe melon", "melon"],
              "cherry": ["cherries"], "coconut": ["cocos"], "dragon fruit": ["pitaya", "pitahaya"], "grape": ["grapes"],
              "green apple": ["Granny Smith"], "green pepper": ["green bell pepper"],
              "huckleberry": ["huckleberries", "blueberry"], "kiwi": ["kiwifruit", "kiwi fruit"], "lemon": ["lemons"],
              "lime": ["limes"], "lychee": ["litchi"], "mango": ["mangoes"], "mulberry": ["mulberries"],
              "orange": ["oranges"], "peach": ["peaches"], "pear": ["pears"],
              "physalis": ["cape gooseberry", "ground cherry", "goldenberry"], "pineapple": ["ananas"],
              "plum": ["plums"], "raspberry": ["raspberries"], "red apple": ["apple"],
              "red pepper": ["red bell pepper", "bell pepper"], "star fruit": ["starfruit", "carambola"],
              "strawberry": ["strawberries"], "tomato": ["tomatoes"], "walnut": ["walnuts"],
              "yellow apple": ["golden apple"], "yellow pepper": ["yellow bell pepper"]},
    mirrored=True,
)

DATASETS = {dataset.name: dataset for dataset in (FASHION, IMAGENETTE, FRUITS)}


def add_dataset_arguments(parser: argparse.ArgumentParser) -> None:
    """`--dataset NAME` and `--data PATH`, the same for every command."""
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="fashion")
    parser.add_argument("--data", type=Path, help="folder or file of the data set, where it is not at its usual place")
