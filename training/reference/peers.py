"""The PyTorch model's four heavy parts as other runtimes run them: OpenVINO and ONNX Runtime, each as its users would.

Encoder, decoder, diffusion head and VAE are converted from PyTorch with shapes that may vary, and put in place of the
PyTorch ones, so that plan, noise and diffusion are the same for all. Int8 is each runtime's own: NNCF's post-training
quantisation for OpenVINO (weights and activations, calibrated on random data), dynamic quantisation for ONNX Runtime
(weights beforehand, activations as they come). With random weights either tells of speed, and nothing of quality.
"""

import importlib.metadata
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

Part = tuple[nn.Module, tuple[torch.Tensor, ...], tuple[dict[int, str], ...]]
"""A module of tensors alone, an example of its inputs, and of each input the dimensions that vary, by name."""


class Call(nn.Module):
    """A method of a module, as a module of its own."""

    def __init__(self, owner: nn.Module, method: Callable):
        super().__init__()
        self.owner, self.method = owner, method

    def forward(self, *inputs):
        return self.method(*inputs)


def parts_of(mar: nn.Module, vae: nn.Module) -> dict[str, Part]:
    """By name: encode, decode, head, vae."""
    c, known = mar.config, torch.arange(7).expand(2, -1).contiguous()
    rows, images = {0: "rows"}, {0: "images"}
    some = {0: "images", 1: "known"}
    encoded = torch.randn(2, c.buffer_tokens + 7, c.encoder_width)
    return {
        "encode": (Call(mar, mar.encode),
                   (torch.randn(2, c.tokens, c.latent_channels), known, torch.randn(2, c.encoder_width)),
                   (images, some, images)),
        "decode": (Call(mar, mar.decode), (encoded, known), ({0: "images", 1: "encoded"}, some)),
        "head": (mar.diffloss.net,
                 (torch.randn(6, c.latent_channels), torch.full((6,), 500), torch.randn(6, c.decoder_width)),
                 (rows, rows, rows)),
        "vae": (Call(vae, vae.decode), (torch.randn(1, c.latent_channels, c.grid, c.grid),), (None,)),
    }  # fmt: skip


def replace_parts(mar: nn.Module, vae: nn.Module, convert: Callable[[str, Part], Callable]) -> None:
    """Puts what `convert` makes of each part in its place."""
    with torch.no_grad():
        converted = {name: convert(name, part) for name, part in parts_of(mar, vae).items()}
    mar.encode, mar.decode = converted["encode"], converted["decode"]
    mar.diffloss.net.forward, vae.decode = converted["head"], converted["vae"]


def openvino(mar: nn.Module, vae: nn.Module, precision: str, threads: int) -> None:
    """precision: fp32, bf16 (where the processor has it), or int8 over whichever is the processor's default."""
    import numpy
    import openvino

    core = openvino.Core()
    properties = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    if precision != "int8":
        properties["INFERENCE_PRECISION_HINT"] = {"fp32": "f32", "bf16": "bf16"}[precision]

    def convert(name: str, part: Part) -> Callable:
        module, inputs, _ = part
        model = openvino.convert_model(module, example_input=inputs)
        if name == "vae":
            model.reshape(list(inputs[0].shape))
        if precision == "int8":
            import nncf

            data = [tuple(value.numpy() for value in inputs)] * 4
            model = nncf.quantize(model, nncf.Dataset(data), subset_size=len(data),
                                  model_type=None if name == "vae" else nncf.ModelType.TRANSFORMER)  # fmt: skip
        request = core.compile_model(model, "CPU", properties).create_infer_request()

        def call(*values: torch.Tensor) -> torch.Tensor:
            # What comes back is the request's own memory, which the next call writes over.
            found = request.infer([value.contiguous().numpy() for value in values], share_inputs=True)
            return torch.from_numpy(numpy.array(found[0]))

        return call

    replace_parts(mar, vae, convert)


def onnxruntime(mar: nn.Module, vae: nn.Module, precision: str, threads: int) -> None:
    """precision: fp32 or int8."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads

    def convert(name: str, part: Part) -> Callable:
        module, inputs, varying = part
        names = [f"input{index}" for index in range(len(inputs))]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "model.onnx")
            torch.onnx.export(module, inputs, str(file), input_names=names, output_names=["output"], dynamo=False,
                              opset_version=17, dynamic_axes={n: v for n, v in zip(names, varying) if v})  # fmt: skip
            # Its quantised convolutions are slower than those of fp32.
            if precision == "int8" and name != "vae":
                from onnxruntime import quantization

                quantised = Path(folder, "int8.onnx")
                quantization.quantize_dynamic(str(file), str(quantised), weight_type=quantization.QuantType.QInt8)
                file = quantised
            session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        wanted = {entry.name for entry in session.get_inputs()}

        def call(*values: torch.Tensor) -> torch.Tensor:
            feed = {n: value.contiguous().numpy() for n, value in zip(names, values) if n in wanted}
            return torch.from_numpy(session.run(None, feed)[0])

        return call

    replace_parts(mar, vae, convert)


PEERS = {"openvino": (openvino, ("fp32", "bf16", "int8")), "onnxruntime": (onnxruntime, ("fp32", "int8"))}
"""By name: how the parts are replaced, and the precisions that it can be asked for."""


def version(engine: str) -> str:
    """Of the package; "-" where it is not installed."""
    try:
        return importlib.metadata.version({"pytorch": "torch"}.get(engine, engine))
    except importlib.metadata.PackageNotFoundError:
        return "-"
