"""Other runtimes compute what PyTorch computes, or the comparison of their times would say nothing."""

import pytest
import torch

from training.reference import bench, peers


@pytest.mark.parametrize("engine", peers.PEERS)
def test_converted_parts_compute_what_pytorchs_do(engine):
    pytest.importorskip(engine)
    reference = bench.Reference(bench.SHAPES["tiny"])
    torch.manual_seed(3)
    for parameter in [*reference.mar.parameters(), *reference.vae.parameters()]:
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.05)
    parts = peers.parts_of(reference.mar, reference.vae)
    with torch.no_grad():
        expected = {name: module(*inputs) for name, (module, inputs, _) in parts.items()}

    replace, precisions = peers.PEERS[engine]
    assert "fp32" in precisions
    replace(reference.mar, reference.vae, "fp32", 1)
    found = {
        "encode": reference.mar.encode(*parts["encode"][1]), "decode": reference.mar.decode(*parts["decode"][1]),
        "head": reference.mar.diffloss.net(*parts["head"][1]), "vae": reference.vae.decode(*parts["vae"][1]),
    }  # fmt: skip
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-4, atol=1e-4, msg=lambda text: f"{name}: {text}")


@pytest.mark.parametrize("engine", peers.PEERS)
def test_converted_parts_take_every_number_of_tokens(engine):
    pytest.importorskip(engine)
    reference = bench.Reference(bench.SHAPES["tiny"])
    peers.PEERS[engine][0](reference.mar, reference.vae, "fp32", 1)
    assert reference.seconds_per_image("gtr-16", "fp32", None) > 0


def test_versions_are_those_of_the_packages():
    assert peers.version("pytorch") == torch.__version__
    assert peers.version("no-such-runtime") == "-"
