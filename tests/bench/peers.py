"""The engines that are measured: each builds what `network.write` wrote, as a function of an array.

Every one takes and gives arrays ``(batch, *spatial, channels)``; PyTorch runs eagerly in its channels-last format,
ONNX Runtime with its default optimisations, TensorFlow by `tf.function`, Keras by `predict`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Function = Callable[[Any], Any]


def read(folder: Path) -> tuple[list[dict[str, Any]], Any]:
    """The operations, and the arrays by name."""
    return json.loads((folder / "network.json").read_text()), np.load(folder / "arrays.npz")


def convcalc(folder: Path, threads: int) -> Function:
    """convcalc, compiled."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import convcalc

    stack = convcalc.load((folder / "model.txt").read_text())
    compiled = convcalc.compile(stack, weights=str(folder / "weights.npz"), threads=threads)
    return lambda x: compiled(x)[0]


def torch(folder: Path, threads: int) -> Function:
    """PyTorch, operation by operation."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(threads)
    ops, arrays = read(folder)
    activations = {
        "relu": torch.relu_,
        "relu6": lambda x: functional.relu6(x, inplace=True),
        "softmax": lambda x: torch.softmax(x, 1),
    }

    def convolution(op: dict[str, Any]) -> Function:
        kernel = arrays[op["kernel"]]
        groups = kernel.shape[2] if op["op"] == "depthwise" else op["groups"]
        weight = torch.from_numpy(kernel.transpose((2, 3, 0, 1) if op["op"] == "depthwise" else (3, 2, 0, 1)).copy())
        weight = weight.contiguous(memory_format=torch.channels_last)
        bias = torch.from_numpy(arrays[op["bias"]]) if op["bias"] else None
        around, pads = _symmetric(op["pads"])
        rest = (op["strides"], pads, op["dilations"], groups)
        if around:
            return lambda x: functional.conv2d(functional.pad(x, around), weight, bias, *rest)
        return lambda x: functional.conv2d(x, weight, bias, *rest)

    def pool(op: dict[str, Any]) -> Function:
        around, pads = _symmetric(op["pads"])
        assert not around
        return lambda x: functional.max_pool2d(x, op["sizes"], op["strides"], pads)

    def dense(op: dict[str, Any]) -> Function:
        weight, bias = (torch.from_numpy(arrays[op[what]].T.copy()) for what in ("kernel", "bias"))
        return lambda x: functional.linear(x, weight, bias)

    makers: dict[str, Callable[[dict[str, Any]], Function]] = {
        "conv": convolution,
        "depthwise": convolution,
        "dense": dense,
        "max": pool,
        "activation": lambda op: activations[op["name"]],
        "add": lambda op: torch.add,
        "mean": lambda op: lambda x: x.mean((2, 3)),
        "flatten": lambda op: lambda x: x.permute(0, 2, 3, 1).flatten(1),
        "linear": lambda op: lambda x: x,
    }
    run = _in_order(ops, [makers[op["op"]](op) for op in ops])

    def call(x: Any) -> Any:
        with torch.inference_mode():
            y = run(torch.from_numpy(x).permute(0, 3, 1, 2))
            return (y.permute(0, 2, 3, 1) if y.ndim == 4 else y).numpy()

    return call


def _symmetric(pads: list[list[int]]) -> tuple[list[int], list[int]]:
    """Padding to be added before, last axis first, and that which the operation adds: the same at both ends."""
    if all(before == after for before, after in pads):
        return [], [before for before, _ in pads]
    return [cells for pair in reversed(pads) for cells in pair], [0] * len(pads)


def _in_order(ops: list[dict[str, Any]], functions: list[Function]) -> Function:
    """All operations; a tensor goes when nobody needs it any more."""

    def run(x: Any) -> Any:
        values = {"x": x}
        for op, function in zip(ops, functions, strict=True):
            values[op["out"]] = function(*(values[name] for name in op["inputs"]))
            for name in op["over"]:
                del values[name]
        return values[ops[-1]["out"]]

    return run


def write_onnx(folder: Path) -> None:
    """Writes ``network.onnx``, channels first as ONNX is."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    ops, arrays = read(folder)
    shape = np.load(folder / "x.npy").shape
    constants, nodes = [], []

    def constant(name: str, axes: tuple[int, ...] | None = None) -> str:
        array = arrays[name] if axes is None else arrays[name].transpose(axes)
        constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    for op in ops:
        inputs, out, kind = op["inputs"], [op["out"]], op["op"]
        bias = [constant(op["bias"])] if op.get("bias") else []
        pads = [pair[end] for end in (0, 1) for pair in op.get("pads", ())]
        if kind in ("conv", "depthwise"):
            kernel = arrays[op["kernel"]].shape
            weight = constant(op["kernel"], (2, 3, 0, 1) if kind == "depthwise" else (3, 2, 0, 1))
            groups = kernel[2] if kind == "depthwise" else op["groups"]
            given = {"strides": op["strides"], "dilations": op["dilations"], "pads": pads, "group": groups}
            made = [helper.make_node("Conv", [*inputs, weight, *bias], out, kernel_shape=kernel[:2], **given)]
        elif kind == "dense":
            made = [helper.make_node("Gemm", [*inputs, constant(op["kernel"]), *bias], out)]
        elif kind == "max":
            made = [
                helper.make_node("MaxPool", inputs, out, kernel_shape=op["sizes"], strides=op["strides"], pads=pads)
            ]
        elif kind == "flatten":
            last = f"{op['out']}.last"
            made = [helper.make_node("Transpose", inputs, [last], perm=(0, 2, 3, 1))]
            made.append(helper.make_node("Flatten", [last], out))
        elif kind == "mean":
            pooled = f"{op['out']}.pooled"
            made = [helper.make_node("GlobalAveragePool", inputs, [pooled]), helper.make_node("Flatten", [pooled], out)]
        elif kind == "activation" and op["name"] == "relu6":
            limits = [f"{op['out']}.{end}" for end in (0, 6)]
            ends = zip((0, 6), limits, strict=True)
            constants.extend(numpy_helper.from_array(np.float32(end), name) for end, name in ends)
            made = [helper.make_node("Clip", [*inputs, *limits], out)]
        else:
            names = {"add": "Add", "linear": "Identity", "relu": "Relu", "softmax": "Softmax"}
            made = [helper.make_node(names[op.get("name", kind)], inputs, out)]
        nodes += made
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [shape[0], shape[-1], *shape[1:-1]])
    y = helper.make_tensor_value_info(ops[-1]["out"], TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "network", [x], [y], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "network.onnx")


def onnxruntime(folder: Path, threads: int) -> Function:
    """ONNX Runtime, on channels-first arrays."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(folder / "network.onnx", options, providers=["CPUExecutionProvider"])
    inputs: dict[int, Any] = {}

    def call(x: Any) -> Any:
        if id(x) not in inputs:  # arranged once, outside of what is timed
            inputs[id(x)] = np.ascontiguousarray(np.moveaxis(x, -1, 1))
        (y,) = session.run(None, {"x": inputs[id(x)]})
        return np.moveaxis(y, 1, -1) if y.ndim == 4 else y

    return call


def _keras_model(folder: Path, threads: int) -> Any:
    import keras
    import tensorflow as tf
    from keras import layers as kl

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    ops, arrays = read(folder)
    x = np.load(folder / "x.npy", mmap_mode="r")

    def convolution(op: dict[str, Any], x: Any) -> Any:
        kernel, bias = arrays[op["kernel"]], arrays[op["bias"]] if op["bias"] else None
        padded = any(map(any, op["pads"]))
        if padded and not op["same"]:
            x = kl.ZeroPadding2D(op["pads"])(x)
        given = {"padding": "same" if op["same"] else "valid", "use_bias": bias is not None}
        given |= {"strides": op["strides"], "dilation_rate": op["dilations"]}
        if op["op"] == "depthwise":
            layer = kl.DepthwiseConv2D(kernel.shape[:2], **given)
        else:
            layer = kl.Conv2D(kernel.shape[-1], kernel.shape[:2], groups=op["groups"], **given)
        return placed(layer, x, kernel, bias)

    def dense(op: dict[str, Any], x: Any) -> Any:
        kernel = arrays[op["kernel"]]
        return placed(kl.Dense(kernel.shape[1]), x, kernel, arrays[op["bias"]])

    def placed(layer: Any, x: Any, *weights: Any) -> Any:
        y = layer(x)
        layer.set_weights([weight for weight in weights if weight is not None])
        return y

    def pool(op: dict[str, Any], x: Any) -> Any:
        x = kl.ZeroPadding2D(op["pads"])(x) if any(map(any, op["pads"])) else x
        return kl.MaxPooling2D(op["sizes"], op["strides"])(x)

    makers: dict[str, Callable[..., Any]] = {
        "conv": convolution,
        "depthwise": convolution,
        "dense": dense,
        "max": pool,
        "activation": lambda op, x: kl.Activation(op["name"])(x),
        "add": lambda op, *xs: kl.Add()(xs),
        "mean": lambda op, x: kl.GlobalAveragePooling2D()(x),
        "flatten": lambda op, x: kl.Flatten()(x),
        "linear": lambda op, x: x,
    }

    def bound(op: dict[str, Any]) -> Function:
        return lambda *xs: makers[op["op"]](op, *xs)

    start = keras.Input(batch_shape=x.shape)
    return keras.Model(start, _in_order(ops, [bound(op) for op in ops])(start))


def tensorflow(folder: Path, threads: int) -> Function:
    """TensorFlow: the Keras model as one compiled graph."""
    import tensorflow as tf

    model = _keras_model(folder, threads)
    graph = tf.function(lambda x: model(x, training=False))
    return lambda x: graph(x).numpy()


def keras(folder: Path, threads: int) -> Function:
    """Keras as its users run it."""
    model = _keras_model(folder, threads)
    return lambda x: model.predict(x, verbose=0)


ENGINES = {engine.__name__: engine for engine in (convcalc, torch, onnxruntime, tensorflow, keras)}
