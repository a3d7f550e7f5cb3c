"""What is evaluated: sampler presets, and variants of them in groups that answer one question each.

A variant is a name and flags for `underpaint generate`. GtR: arXiv 2510.17171; DiSA, with the timestep clip: arXiv
2505.20297; Halton order: arXiv 2503.17076. Steps depend on the grid: L tokens get L/256 of what 16 x 16 tokens get, as
the presets do it.
"""

from dataclasses import dataclass

from training.sample.plans import scaled


@dataclass(frozen=True)
class Variant:
    """`name` is also the key in evaluation.json."""

    name: str
    flags: tuple[str, ...]

    def but(self, what: str, *flags: str) -> "Variant":
        """This one with more flags; `what` is added to the name."""
        return Variant(f"{self.name} {what}", self.flags + flags)


@dataclass(frozen=True)
class Group:
    """Variants to be read side by side, those that the others are compared with among them."""

    name: str
    question: str
    variants: tuple[Variant, ...]


def preset(name: str) -> Variant:
    return Variant(name, ("--sampler", name))


def clipped(variant: Variant) -> Variant:
    return variant.but("clip 950", "--timestep-clip", "950")


def unclipped(variant: Variant) -> Variant:
    return variant.but("no clip", "--timestep-clip", "none")


GTR_16, GTR_32 = preset("gtr-16"), preset("gtr-32")
GTR_16_FAST, GTR_32_FAST = preset("gtr-16-fast"), preset("gtr-32-fast")
MAR_64, MAR_256, HALTON_16, DISA_64 = preset("mar-64"), preset("mar-256"), preset("halton-16"), preset("disa-64")
STEPS = {GTR_16: (12, 3, 1), GTR_32: (24, 6, 2)}  # of each sub-stage, on 16 x 16 tokens

PRESETS = Group("presets", "Presets, as the model runs them", (GTR_16, GTR_32, DISA_64, HALTON_16, MAR_64, MAR_256))


def split_steps(total: int, sub_stages: int) -> tuple[int, ...]:
    """Steps of S_1 ... S_K that add up to `total` >= K, in the ratio of the presets: a sixteenth for S_K, and of the
    rest four times as many in each sub-stage as in the next; at least 1."""
    last = max(1, round(total / 16))
    weights = [4**k for k in reversed(range(sub_stages - 1))]
    steps = [max(1, round((total - last) * weight / sum(weights))) for weight in weights]
    return (steps[0] + total - last - sum(steps), *steps[1:], last)


def numbers(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))


def with_steps(steps: tuple[int, ...], side: int) -> Variant:
    """gtr-16 with these steps of each sub-stage, or the preset that has them."""
    for variant, of_grid in STEPS.items():
        if steps == tuple(scaled(count, side) for count in of_grid):
            return variant
    return GTR_16.but(f"steps {numbers(steps)}", "--steps", numbers(steps))


def guided(scale: float, schedule: str) -> Variant:
    """gtr-16 with this guidance."""
    return GTR_16.but(f"guidance {scale:g} {schedule}", "--guidance", f"{scale:g}", "--guidance-schedule", schedule)


def with_diffusion(highest=50, lowest=20, reconstruction=20, detail=50) -> Variant:
    """gtr-16 with T_max, T_min, T_rec, T_detail."""
    steps = numbers((highest, lowest, reconstruction, detail))
    return GTR_16.but(f"T {steps}", "--diffusion-steps", steps)


def heated(variant: Variant, temperature: float) -> Variant:
    return variant.but(f"temperature {temperature:g}", "--temperature", f"{temperature:g}")


def masked(variant: Variant, schedule: str) -> Variant:
    return variant.but(f"mask schedule {schedule}", "--mask-schedule", schedule)


def fraction(beta: float) -> Variant:
    return GTR_16.but(f"beta {beta:g}", "--detail-fraction", f"{beta:g}")


def sub_stages(side: int) -> Group:
    total = sum(scaled(count, side) for count in STEPS[GTR_16])
    return Group("sub-stages", f"Number of sub-stages K (numbers of steps listed), {total} steps in all",
                 tuple(with_steps(split_steps(total, count), side) for count in (2, 3, 4)))


def steps(side: int) -> Group:
    totals = {max(3, scaled(total, side)) for total in (4, 8, 12, 16, 24, 32)}
    totals |= {sum(scaled(count, side) for count in of_grid) for of_grid in STEPS.values()}
    spread = tuple(with_steps(split_steps(total, 3), side) for total in sorted(totals))
    base = [scaled(count, side) for count in STEPS[GTR_16]]
    doubled = tuple(with_steps(tuple(base[:k] + [2 * base[k]] + base[k + 1 :]), side) for k in range(3))
    return Group("steps", "Steps of each sub-stage: from few to those of gtr-32; those of one doubled",
                 tuple(dict.fromkeys(spread + doubled)))


MASKS = Group("mask-schedule", "How many tokens the steps of a sub-stage reveal: linear, as many each; cosine, few at first",
              tuple(form for base in (GTR_16, GTR_32)
                    for form in (base, masked(base, "linear"), masked(base, "cosine"))) + (MAR_64,))

DIFFUSION = Group("diffusion-steps", "Diffusion steps T_max, T_min, T_rec, T_detail (gtr-16: 50, 20, 20, 50)", (
    GTR_16, with_diffusion(highest=35, lowest=35), with_diffusion(highest=20), with_diffusion(lowest=50),
    with_diffusion(lowest=10), with_diffusion(highest=100), with_diffusion(reconstruction=10),
    with_diffusion(reconstruction=50), with_diffusion(10, 10, 10, 25), with_diffusion(100, 100, 100, 100)))

DETAIL = Group("detail", "Detail: T_detail and beta, its share of the reconstructed tokens (gtr-16: 50, 0.1)", (
    GTR_16, with_diffusion(detail=30), with_diffusion(detail=100), fraction(0.05), fraction(0.25), fraction(0.5),
    fraction(0.25).but("T 50,20,20,100", "--diffusion-steps", "50,20,20,100")))

COLOUR = Group("colour", "Which colour of the checkerboard comes first (presets: even)", tuple(
    variant for base in (GTR_16, GTR_32) for variant in (base, base.but("odd first", "--first-color", "odd"))))

SELECTION = Group("selection", "Which tokens get the steps for detail: of high frequency unless said; all; none", (
    *(variant for base in (GTR_16, fraction(0.5)) for variant in (
        base, *(base.but(f"selection {name}", "--selection", name) for name in ("low_frequency", "random")))),
    fraction(1), GTR_16.but("no fts", "--no-fts")))


def order(side: int) -> Group:
    total = sum(scaled(count, side) for count in STEPS[GTR_16])
    mar = clipped(MAR_64.but(f"steps {total}", "--steps", str(total)))
    return Group("order", "Order of the tokens: at equal cost; other samplers with as many steps, or their own", (
        GTR_16, *(GTR_16.but(f"order {name}", "--order", name) for name in ("random", "raster", "subsample", "halton")),
        mar, mar.but("T 50,20", "--diffusion-steps", "50,20"),
        clipped(HALTON_16.but(f"steps {total}", "--steps", str(total))), clipped(HALTON_16), DISA_64))


CLIP = Group("clip", "Timestep clip (gtr-16 and disa-64 have 950; mar-64 and halton-16 the model's, if any)", (
    GTR_16, unclipped(GTR_16), DISA_64, unclipped(DISA_64),
    *(form(base) for base in (MAR_64, HALTON_16) for form in (clipped, unclipped))))

PRECISION = Group("precision", "Weights in bf16, in fp32 and in int8", tuple(
    base.but(name, "--precision", name) for base in (GTR_16, MAR_64) for name in ("bf16", "fp32", "int8")))

REUSE = Group("reuse", "Unconditional half of the guidance at every step, every second, every third; int8 besides", (
    GTR_16, GTR_16_FAST, GTR_16.but("reuse 3", "--guidance-reuse", "3"), GTR_32, GTR_32_FAST,
    *(base.but("int8", "--precision", "int8") for base in (GTR_16, GTR_16_FAST))))

UNGUIDED = GTR_16.but("guidance 1", "--guidance", "1")

GUIDANCE = Group("guidance", "Guidance scale and schedule", (UNGUIDED, *(
    guided(scale, schedule)
    for schedule, scales in (("linear", (1.5, 2, 3, 4, 6, 8)), ("constant", (1.5, 2, 3, 4))) for scale in scales)))

TEMPERATURE = Group("temperature", "Temperature, beside the model's own", tuple(
    variant for base in (GTR_16, GTR_32, MAR_64) for variant in (base, heated(base, 0.95), heated(base, 1))))


def seams(side: int) -> Group:
    """What might mend the borders between tokens. On a checkerboard each border is one of a token of the structure and
    one of the reconstruction, which is decoded when its four neighbours are known."""
    *structure, last = (scaled(count, side) for count in STEPS[GTR_16])
    more = [with_steps((*structure, last + added), side) for added in (1, 3)]
    return Group("seams", "Seams between tokens: what might mend them", (
        GTR_16, *more, with_diffusion(reconstruction=50), with_diffusion(100, 100, 100, 100),
        *(heated(GTR_16, factor) for factor in (0.95, 0.9, 0.8)),
        *(GTR_16.but(f"order {name}", "--order", name) for name in ("random", "halton")),
        UNGUIDED, guided(2, "linear"), guided(2, "constant"), GTR_32, DISA_64, clipped(MAR_64)))


def groups(side: int) -> dict[str, Group]:
    """All groups by name, for a grid of side x side tokens."""
    every = (PRESETS, sub_stages(side), steps(side), MASKS, DIFFUSION, DETAIL, COLOUR, SELECTION, order(side), CLIP,
             PRECISION, REUSE,
             GUIDANCE, TEMPERATURE, seams(side))
    return {group.name: group for group in every}


def variants(side: int) -> dict[str, Variant]:
    """The variants of all groups by name, each once."""
    every = dict.fromkeys(variant for group in groups(side).values() for variant in group.variants)
    by_name = {variant.name: variant for variant in every}
    if len(by_name) < len(every):
        raise ValueError("two variants have the same name and other flags")
    return by_name
