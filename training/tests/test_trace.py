"""Traces and checkpoints that the scripts make: complete, repeatable, and in the official format."""

import argparse
import sys
from pathlib import Path

import torch
from safetensors import safe_open

from training.reference import checkpoint
from training.reference import trace as recording

TINY = Path(__file__).parents[2] / "Tests" / "Fixtures" / "tiny"


def trace(monkeypatch, out: Path, *arguments: str) -> tuple[dict, dict]:
    monkeypatch.setattr(sys, "argv", ["trace", str(TINY), "--out", str(out), "--steps", "2",
                                      "--diffusion-steps", "3", "--gtr-steps", "1", "1", "1",
                                      "--gtr-diffusion-steps", "4", "3", "3", "4", *arguments])
    recording.main()
    with safe_open(out, "pt") as f:
        return {name: f.get_tensor(name) for name in f.keys()}, f.metadata()


def test_trace_has_the_tensors_and_settings_of_the_reference_trace(monkeypatch, tmp_path):
    tensors, metadata = trace(monkeypatch, tmp_path / "a.safetensors")
    with safe_open(TINY / "trace.safetensors", "pt") as reference:
        assert set(tensors) == set(reference.keys())
        assert set(metadata) == set(reference.metadata())
    assert all(tensor.isfinite().all() for tensor in tensors.values())


def test_same_seed_gives_the_same_trace(monkeypatch, tmp_path):
    first, _ = trace(monkeypatch, tmp_path / "a.safetensors", "--groups", "blocks", "official")
    second, _ = trace(monkeypatch, tmp_path / "b.safetensors", "--groups", "blocks", "official")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_awkward_checkpoint_holds_the_average_in_every_form(tmp_path):
    checkpoint.write(checkpoint.MICRO, tmp_path, 1, True)
    with torch.serialization.safe_globals([argparse.Namespace]):
        state = torch.load(tmp_path / "checkpoint-last.pth", weights_only=True)
    assert {"model", "model_ema", "optimizer", "epoch", "scaler", "args"} == set(state)
    average = state["model_ema"].values()
    assert {tensor.dtype for tensor in average} == {torch.float32, torch.float16, torch.bfloat16}
    assert not all(tensor.is_contiguous() for tensor in average)
    assert any(tensor.storage_offset() > 0 for tensor in average)
    for name, tensor in state["model"].items():
        torch.testing.assert_close(tensor, 1.01 * state["model_ema"][name].float(), rtol=6e-3, atol=1e-5)
