"""Variants are what `underpaint generate` takes, on both grids."""

import pytest

from training.evaluate.variants import GTR_16, GTR_32, groups, split_steps, variants, with_steps
from training.sample.plans import gtr_stages, scaled

FOR_STAGES = {"--order", "--first-color", "--mask-schedule", "--detail-fraction", "--selection", "--no-fts"}
CHOICES = {
    "--sampler": {"gtr-16", "gtr-32", "gtr-16-fast", "gtr-32-fast", "mar-64", "mar-256", "disa-64", "halton-16"},
    "--order": {"random", "raster", "subsample", "halton"},
    "--first-color": {"even", "odd"},
    "--mask-schedule": {"linear", "cosine"},
    "--selection": {"high_frequency", "low_frequency", "random"},
    "--precision": {"bf16", "fp32", "int8"},
    "--guidance-schedule": {"linear", "constant"},
}
RANGES = {"--guidance-reuse": (1, 16), "--detail-fraction": (0, 1), "--guidance": (0, 20), "--temperature": (0, 2)}


def read_flags(flags: tuple[str, ...]) -> dict[str, str]:
    """Flags and their values; none is given twice."""
    names = [flag for flag in flags if flag.startswith("--")]
    assert len(set(names)) == len(names), flags
    return {flag: value for flag, value in zip(flags, (*flags[1:], "")) if flag.startswith("--")}


@pytest.mark.parametrize("side", [8, 16])
def test_every_flag_has_a_value_that_the_command_takes(side):
    for variant in variants(side).values():
        given = read_flags(variant.flags)
        staged = given["--sampler"].startswith("gtr")
        assert staged or not FOR_STAGES & given.keys(), variant
        for flag, value in given.items():
            if flag in CHOICES:
                assert value in CHOICES[flag], variant
            elif flag in RANGES:
                assert RANGES[flag][0] <= float(value) <= RANGES[flag][1], variant
            elif flag == "--timestep-clip":
                assert value in ("none", "950"), variant
            elif flag == "--diffusion-steps":
                counts = [int(count) for count in value.split(",")]
                assert len(counts) == (4 if staged else 2), variant
                assert min(counts) >= 2 and counts[1] <= counts[0], variant
            elif flag == "--steps":
                counts = [int(count) for count in value.split(",")]
                sizes = [len(stage) for stage in gtr_stages(side, side, len(counts))] if staged else [side * side]
                assert len(counts) == len(sizes), variant
                assert all(1 <= count <= size for count, size in zip(counts, sizes)), variant
            else:
                assert flag == "--no-fts", variant


@pytest.mark.parametrize("side", [8, 16])
def test_no_two_variants_do_the_same(side):
    every = variants(side)
    assert len({variant.flags for variant in every.values()}) == len(every)


@pytest.mark.parametrize("side", [8, 16])
def test_every_group_compares_something_once(side):
    for name, group in groups(side).items():
        assert name == group.name
        assert len(set(group.variants)) == len(group.variants) > 1


@pytest.mark.parametrize("side, gtr_16, gtr_32", [(16, (12, 3, 1), (24, 6, 2)), (8, (3, 1, 1), (6, 2, 1))])
def test_split_steps_gives_the_presets_back(side, gtr_16, gtr_32):
    for variant, steps in ((GTR_16, gtr_16), (GTR_32, gtr_32)):
        assert split_steps(sum(steps), 3) == steps
        assert with_steps(steps, side) == variant


@pytest.mark.parametrize("total, sub_stages", [(5, 2), (5, 4), (16, 2), (16, 4), (3, 3), (30, 3)])
def test_split_steps_add_up(total, sub_stages):
    steps = split_steps(total, sub_stages)
    assert sum(steps) == total and len(steps) == sub_stages and min(steps) >= 1
    assert list(steps) == sorted(steps, reverse=True)


def test_steps_scale_with_the_number_of_tokens_to_even():
    assert [scaled(steps, 8) for steps in (12, 6, 2, 64)] == [3, 2, 1, 16]
