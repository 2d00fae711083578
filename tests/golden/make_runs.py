"""Makes `runs.npz`: outputs of whole random stacks, computed by real Keras.

Run with a Python that has keras and tensorflow-cpu:

    python tests/golden/make_runs.py

``cases`` is JSON: for each stack ``input_shape`` and ``layers``, a list of [kind, arguments]. Stack i has its
input under ``i/x``, its weights under ``i/w0``, ``i/w1``, … in the order of ``get_weights()``, and its output
under ``i/y``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np

RNG = np.random.default_rng(0)
STACKS = 80
ACTIVATIONS = (None, "relu", "gelu", "softmax", "tanh", "silu", "elu", "hard_sigmoid")
# Dtypes other than float32: of the first layer in three of the last stacks, of all layers in the last three.
POLICIES = ("float64", "float16", "mixed_float16")

Layer = tuple[str, dict[str, Any]]

# Layers that take their input as it is: it is beyond half precision.
BEYOND: list[Layer] = [
    ("GroupNormalization", {"groups": 2, "dtype": "mixed_float16"}),
    ("LayerNormalization", {"dtype": "float16"}),
]


def pick(*options: Any) -> Any:
    """One of the options."""
    return options[RNG.integers(len(options))]


def taps(rank: int, most: int) -> Any:
    """One number, or one for every axis."""
    sizes = [int(size) for size in RNG.integers(1, most + 1, rank)]
    return pick(sizes[0], sizes)


def convolution(rank: int) -> Layer:
    """A layer of the convolution family; Keras may refuse it on some shapes."""
    kinds = [f"Conv{rank}D", f"Conv{rank}DTranspose"]
    kinds += [f"SeparableConv{rank}D", f"DepthwiseConv{rank}D"] if rank < 3 else []
    kind = pick(*kinds)
    paddings = ("valid", "same", "causal") if kind == "Conv1D" else ("valid", "same")
    options: dict[str, Any] = {
        "kernel_size": taps(rank, 4),
        "padding": pick(*paddings),
        "use_bias": bool(RNG.integers(2)),
        "activation": pick(*ACTIVATIONS),
        "data_format": pick("channels_last", "channels_last", "channels_first"),
    }
    options[pick("strides", "dilation_rate")] = int(RNG.integers(1, 4))
    if not kind.startswith("Depthwise"):
        options["filters"] = int(pick(2, 4, 6))
    if kind == f"Conv{rank}D":
        options["groups"] = int(pick(1, 1, 2))
    elif not kind.endswith("Transpose"):
        options["depth_multiplier"] = int(pick(1, 2))
    return kind, options


def other(rank: int) -> Layer:
    """A layer of those that stand between convolutions."""
    size = int(RNG.integers(1, 4))
    pool = {"pool_size": size, "strides": int(RNG.integers(1, 3)), "padding": pick("valid", "same")}
    first = {"data_format": pick("channels_last", "channels_first")}
    spatial: tuple[Layer, ...] = (
        (f"MaxPooling{rank}D", pool),
        (f"AveragePooling{rank}D", pool | first),
        (f"ZeroPadding{rank}D", {"padding": size}),
        (f"Cropping{rank}D", {"cropping": 1}),
        (f"UpSampling{rank}D", {"size": size}),
        (f"SpatialDropout{rank}D", {"rate": 0.5}),
        ("UpSampling2D", {"size": size, "interpolation": pick("bilinear", "nearest", "bicubic")}),
    )
    anywhere: tuple[Layer, ...] = (
        ("BatchNormalization", {"axis": pick(-1, 1)}),
        ("LayerNormalization", {"center": pick(True, False)}),
        ("GroupNormalization", {"groups": pick(1, 2)}),
        ("Activation", {"activation": pick(*ACTIVATIONS)}),
        (pick("LeakyReLU", "ELU", "PReLU", "Softmax", "ReLU"), {}),
        ("Dropout", {"rate": 0.5}),
        ("GaussianNoise", {"stddev": 0.5}),
        ("Dense", {"units": 3, "activation": pick(*ACTIVATIONS)}),
    )
    return pick(pick(*spatial), pick(*anywhere))


def end(rank: int) -> list[Layer]:
    """What may close a stack: nothing, or the way from positions to a few numbers."""
    flat = pick("Flatten", f"GlobalAveragePooling{rank}D", f"GlobalMaxPooling{rank}D")
    return pick([], [], [(flat, {}), ("Dense", {"units": 3, "activation": pick(*ACTIVATIONS)})])


def built(shape: list[int], layers: list[Layer]) -> keras.Model:
    """The Keras model, its weights drawn."""
    model = keras.Sequential([keras.Input(shape)])
    for kind, options in layers:
        model.add(getattr(keras.layers, kind)(**options))
        if math.prod(model.output_shape[1:]) > 3000:
            raise ValueError("too large for a small file")
        if misplaces_bias(model.layers[-1], model.output_shape):
            raise ValueError("not what Keras means")
    values = [draw(*weight.shape).astype(weight.dtype) for weight in model.weights]
    named = zip(model.weights, values, strict=True)
    model.set_weights([abs(value) if weight.name == "moving_variance" else value for weight, value in named])
    return model


def misplaces_bias(layer: keras.Layer, shape: tuple[int, ...]) -> bool:
    """Whether Keras on TensorFlow adds the bias along the last axis, because it is as long as the channel axis."""
    return getattr(layer, "data_format", None) == "channels_first" and shape[-1] == shape[1]


def draw(*shape: int) -> np.ndarray:
    """Normal draws, rounded so that the file compresses."""
    return np.round(RNG.normal(size=shape) * 64) / 64


def answer(shape: list[int], layers: list[Layer], scale: float = 1.0) -> dict[str, np.ndarray] | None:
    """Input, weights and output; None where Keras refuses."""
    try:
        model = built(shape, layers)
        x = scale * draw(2, *shape).astype("float32")
        y = np.asarray(model(x, training=False))
    except Exception:  # whatever TensorFlow's kernels do not do
        return None
    weights = {f"w{i}": weight for i, weight in enumerate(model.get_weights())}
    return {"x": x, **weights, "y": y} if np.isfinite(y).all() and y.size else None


def drawn() -> tuple[list[int], list[Layer]]:
    """A random stack."""
    rank = int(pick(1, 2, 3))
    shape = [*(int(n) for n in RNG.integers(4, (24, 10, 7)[rank - 1], rank)), int(pick(1, 2, 4))]
    middle = [pick(convolution, convolution, other)(rank) for _ in range(RNG.integers(0, 4))]
    return shape, [convolution(rank), *middle, *end(rank)]


def main() -> None:
    """Writes the file."""
    cases: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    while len(cases) < STACKS:
        shape, layers = drawn()
        left = STACKS - len(cases) - 1
        if left < 2 * len(POLICIES):
            layers = layers[:2]  # more layers would magnify what the first one rounds
            for _, options in layers if left < len(POLICIES) else layers[:1]:
                options["dtype"] = POLICIES[left % len(POLICIES)]
        found = answer(shape, layers)
        if found:
            arrays |= {f"{len(cases)}/{name}": array for name, array in found.items()}
            cases.append({"input_shape": shape, "layers": layers})
    for layer in BEYOND:
        found = answer([5, 8], [layer], 2.0**18)
        arrays |= {f"{len(cases)}/{name}": array for name, array in (found or {}).items()}
        cases.append({"input_shape": [5, 8], "layers": [layer]})
    text = np.frombuffer(json.dumps(cases).encode(), "uint8")
    np.savez_compressed(Path(__file__).with_name("runs.npz"), cases=text, **arrays)


if __name__ == "__main__":
    main()
