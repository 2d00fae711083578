"""Makes `compute.npz`: what real Keras answers for every function of the NumPy core but the convolutions.

Run with a Python that has keras, tensorflow-cpu and scipy (Keras's `stft` initializer takes scipy's windows):

    python tests/golden/make_compute.py

Each case is {"call": a function, "args": its arguments, "x": …, "y": …}, where {"dtype", "start", "shape"} is
a part of the file's one flat array of that dtype. Initializer cases hold what Keras asked of its random
generator, or the values it made.
"""

from __future__ import annotations

import inspect
import itertools
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.src.activations import ALL_OBJECTS_DICT as ACTIVATIONS
from keras.src.initializers import ALL_OBJECTS_DICT as INITIALIZERS
from keras.src.initializers import random_initializers

FLAT: dict[str, list[np.ndarray]] = {}
STORED: dict[tuple[str, tuple[int, ...], bytes], dict[str, Any]] = {}
CASES: list[dict[str, Any]] = []
RNG = np.random.default_rng(0)


def store(values: Any) -> dict[str, Any]:
    """The place where an array is kept; equal arrays are kept once."""
    array = np.asarray(values)
    dtype = array.dtype.name
    key = (dtype, array.shape, array.tobytes())
    if key not in STORED:
        parts = FLAT.setdefault(dtype, [])
        STORED[key] = {"dtype": dtype, "start": sum(part.size for part in parts), "shape": array.shape}
        parts.append(array.ravel())
    return STORED[key]


def case(call: str, args: dict[str, Any], x: Any, y: Any) -> None:
    """One case more."""
    CASES.append({"call": call, "args": args, "x": store(x), "y": store(y)})


def normal(*shape: int) -> np.ndarray:
    """Float32 draws around 0, rounded so that the file compresses."""
    return (np.round(RNG.normal(size=shape) * 64) / 64).astype("float32")


def activations() -> None:
    """Every name on a grid with extremes, on both float dtypes, and every option away from its default."""
    edges = [-1000, -100, -30, -8, 8, 30, 100, 1000, 1e-6, -1e-6, 0.4685, 0.469, 6, -6, 0.3]
    grid = np.array([*edges, *np.linspace(-4, 4, 33)]).reshape(1, -1, 4)
    rows = np.array(
        [[0.3, 0.2, 0.1, 0.0], [1, 1, -1, 0.5], [1000, -1000, 0, 3], [-5, -5.1, 2, 2.2], [1, 0, -1, -2]],
    )
    plain = [(name, {}) for name in sorted(ACTIVATIONS) if name != "threshold"]
    relus = itertools.product((0.0, 0.25), (None, 1.0, 6.0), (0.0, 0.5, 2.0))
    optional = [
        *(("relu", {"negative_slope": s, "max_value": m, "threshold": t}) for s, m, t in relus),
        ("leaky_relu", {"negative_slope": 0.3}),
        ("elu", {"alpha": 0.5}),
        ("celu", {"alpha": 0.5}),
        ("gelu", {"approximate": True}),
        ("hard_shrink", {"threshold": 1.5}),
        ("soft_shrink", {"threshold": 1.5}),
        ("squareplus", {"b": 1}),
        ("threshold", {"threshold": 0.5, "default_value": -3.0}),
        ("glu", {"axis": 1}),
        ("sparsemax", {"axis": 1}),
        ("log_softmax", {"axis": 1}),
    ]
    for dtype in ("float32", "float64"):
        for (name, args), x in itertools.product(plain + optional, (grid, rows)):
            x = x.astype(dtype)
            case(name, args, x, ACTIVATIONS[name](x, **args))
    for axis in (-1, 1, [1], [1, 2], [-1, 1]):
        x = 4 * normal(2, 3, 4)
        case("softmax", {"axis": axis}, x, keras.layers.Softmax(axis=axis)(x))


def same_pads(size: int, window: int, stride: int) -> tuple[int, int]:
    """TensorFlow's "same": ceil(size / stride) output cells, the odd cell of padding last."""
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def pooling() -> None:
    """Ranks 1 to 3, strides below, at and above the window, both paddings."""
    spatial = {1: (11,), 2: (7, 8), 3: (5, 4, 6)}
    settings = [(2, 2), (3, 2), (3, 1), (2, 3), (5, 1)]
    for rank, (size, stride), padding in itertools.product(spatial, settings, ("valid", "same")):
        sizes = tuple(min(size + i % 2, n) for i, n in enumerate(spatial[rank]))
        strides = tuple(stride for _ in sizes)
        x = normal(2, *spatial[rank], 3)
        pads = [
            same_pads(*axis) if padding == "same" else (0, 0)
            for axis in zip(spatial[rank], sizes, strides, strict=True)
        ]
        args = {"sizes": sizes, "strides": strides, "pads": pads}
        for call, kind in (("max_pool", "MaxPooling"), ("average_pool", "AveragePooling")):
            layer = getattr(keras.layers, f"{kind}{rank}D")(sizes, strides, padding)
            case(call, args, x, layer(x))
    for rank, keepdims in itertools.product(spatial, (False, True)):
        x = normal(2, *spatial[rank], 3)
        for call, kind in (("global_max_pool", "Max"), ("global_average_pool", "Average")):
            layer = getattr(keras.layers, f"Global{kind}Pooling{rank}D")(keepdims=keepdims)
            case(call, {"keepdims": keepdims}, x, layer(x))


def normalizations() -> None:
    """Every axis, with and without γ and β; data far from 0; squares beyond half precision; double."""
    x = normal(2, 4, 3, 6)
    others = [((x + 50).astype("float32"), {}), ((200 * x).astype("float16"), {}), (x.astype("float64"), {})]
    for data, options in [(x, {}), (x, {"scale": False}), (x, {"center": False}), *others]:
        options = {**options, "epsilon": 0.002, "dtype": data.dtype.name}
        for axis in (-1, 1):
            layer = keras.layers.BatchNormalization(axis, **options)
            norm_case("batch_norm", layer, data, {"axis": axis})
        for axes in ([-1], [1], [1, 2], [1, 2, 3], [-1, 1]):
            layer = keras.layers.LayerNormalization(axes, **options)
            norm_case("layer_norm", layer, data, {"axes": axes})
        for groups, axis in ((3, -1), (1, -1), (6, 3), (2, 1)):
            layer = keras.layers.GroupNormalization(groups, axis, **options)
            norm_case("group_norm", layer, data, {"groups": groups, "axis": axis})
    scaled = keras.layers.LayerNormalization([1, 2], rms_scaling=True)
    norm_case("layer_norm", scaled, x, {"axes": [1, 2], "rms_scaling": True})
    for data, axes in itertools.product((x, x.astype("float16")), ([-1], [2, 3])):
        norm_case("rms_norm", keras.layers.RMSNormalization(axes, dtype=data.dtype.name), data, {"axes": axes})


VECTORS = {"batch_norm": ("mean", "variance", "gamma", "beta"), "rms_norm": ("scale",)}


def norm_case(call: str, layer: keras.layers.Layer, x: np.ndarray, args: dict[str, Any]) -> None:
    """A case whose vectors are the layer's weights, each with values of its own; null where it has none."""
    layer.build(x.shape)
    for weight in layer.weights:
        drawn = normal(*weight.shape)
        weight.assign(np.abs(drawn) + 0.25 if "variance" in weight.name else drawn)
    weights = {weight.name.removeprefix("moving_"): store(weight.numpy()) for weight in layer.weights}
    vectors = {name: weights.get(name) for name in VECTORS.get(call, ("gamma", "beta"))}
    case(call, {**args, "epsilon": layer.epsilon, **vectors}, x, layer(x))


def upsampling() -> None:
    """Every interpolation, equal and unequal factors, images down to one pixel."""
    names = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
    for name, sizes, shape in itertools.product(names, ((2, 2), (3, 1), (5, 4)), ((7, 8), (3, 2), (1, 1))):
        x = normal(1, *shape, 2)
        layer = keras.layers.UpSampling2D(sizes, interpolation=name)
        case("upsample", {"sizes": sizes, "interpolation": name}, x, layer(x))
    x = normal(2, 3, 2, 4, 2)
    case("upsample", {"sizes": (2, 1, 3)}, x, keras.layers.UpSampling3D((2, 1, 3))(x))
    case("upsample", {"sizes": (3,)}, x[0, 0], keras.layers.UpSampling1D(3)(x[0, 0]))


def spatial_padding() -> None:
    """Padding and cropping of ranks 1 to 3, unequal on the two sides."""
    pads = ((1, 2), (0, 3), (2, 0))
    for rank in (1, 2, 3):
        x = normal(2, *(5, 6, 4)[:rank], 2)
        given = pads[0] if rank == 1 else pads[:rank]
        args = {"pads": pads[:rank]}
        case("pad", args, x, getattr(keras.layers, f"ZeroPadding{rank}D")(given)(x))
        case("crop", args, x, getattr(keras.layers, f"Cropping{rank}D")(given)(x))


class Recorder:
    """Stands in for Keras's random module and keeps what was asked of it."""

    def __init__(self) -> None:
        self.real = random_initializers.random
        self.asked: tuple[str, float, float] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def uniform(self, shape: Any, minval: float, maxval: float, **rest: Any) -> Any:
        """Keras's draws, its bounds kept."""
        self.asked = ("uniform", minval, maxval)
        return self.real.uniform(shape, minval=minval, maxval=maxval, **rest)

    def normal(self, shape: Any, mean: float = 0.0, stddev: float = 1.0, **rest: Any) -> Any:
        """Keras's draws, mean and deviation kept."""
        self.asked = ("normal", mean, stddev)
        return self.real.normal(shape, mean=mean, stddev=stddev, **rest)

    def truncated_normal(self, shape: Any, mean: float, stddev: float, **rest: Any) -> Any:
        """Keras's draws, mean and deviation kept."""
        self.asked = ("truncated_normal", mean, stddev)
        return self.real.truncated_normal(shape, mean=mean, stddev=stddev, **rest)


def initializer_case(call: str, name: str, config: dict[str, Any], shape: tuple[int, ...], y: Any) -> None:
    """A case of one initializer and one shape."""
    CASES.append({"call": call, "args": {"name": name, "config": config, "shape": shape}, "y": y})


def draws() -> None:
    """What each name asks of the random generator for the shapes that weights have."""
    recorder = random_initializers.random = Recorder()
    shapes = ((), (7,), (0, 3), (5, 8), (4, 3, 6), (3, 3, 6, 1), (3, 3, 4, 8), (2, 3, 2, 4, 5))
    fixed = {"Initializer", "Constant", "Identity", "Zeros", "Ones", "STFT", "Orthogonal"}
    settings = [(name, {}) for name, cls in sorted(INITIALIZERS.items()) if cls.__name__ not in fixed]
    distributions = ("uniform", "normal", "Truncated_Normal", "untruncated_normal")
    for mode, distribution in itertools.product(("fan_in", "fan_out", "fan_avg"), distributions):
        settings.append(("VarianceScaling", {"scale": 0.7, "mode": mode, "distribution": distribution}))
    settings += [("RandomUniform", {"minval": -3, "maxval": 1}), ("normal", {"mean": 2.0, "stddev": 0.5})]
    settings += [("truncated_normal", {"mean": -1.0, "stddev": 2})]
    by_hand = ("he_uniform", {"input_axes": [0, -1], "output_axes": [1]}), (4, 3, 6)
    for (name, config), shape in (*itertools.product(settings, shapes), by_hand):
        INITIALIZERS[name](**config)(shape)
        initializer_case("draw", name, config, shape, recorder.asked)


def statistics() -> None:
    """Least, greatest, mean and standard deviation of 200,000 draws of Keras's own."""
    for name in ("glorot_uniform", "he_normal", "random_normal", "truncated_normal", "random_uniform"):
        drawn = np.asarray(INITIALIZERS[name](seed=7)((400, 500)), dtype="float64")
        numbers = [float(part) for part in (drawn.min(), drawn.max(), drawn.mean(), drawn.std())]
        initializer_case("statistics", name, {}, (400, 500), numbers)


def values() -> None:
    """The initializers that draw nothing."""
    settings = [(name, {}, (2, 3)) for name in ("zeros", "zero", "Zeros", "ones", "one", "Ones")]
    settings += [("Constant", {"value": 2.5}, (3, 2)), ("constant", {"value": [1, 2]}, (3, 2))]
    identities = itertools.product(("Identity", "identity", "IdentityInitializer"), ((3, 3), (2, 4), (4, 2)))
    settings += [(name, {"gain": 3.0}, shape) for name, shape in identities]
    windows = ["boxcar", "hann", "hamming", "blackman", "nuttall", "blackmanharris", "flattop"]
    choices = (
        ("real", "imag"),
        [*windows, None, [0.5] * 15 + [2]],
        ("density", "spectrum", None),
        (False, True),
    )
    for chosen in itertools.product(*choices):
        config = dict(zip(("side", "window", "scaling", "periodic"), chosen, strict=True))
        settings.append(("STFT", config, (16, 1, 5)))
    settings += [("stft", {}, (9, 1, 3)), ("STFTInitializer", {}, (1, 1, 4)), ("stft", {}, (8, 1, 1))]
    for name, config, shape in settings:
        initializer_case("value", name, config, shape, store(INITIALIZERS[name](**config)(shape)))


def names() -> None:
    """The names and options that Keras accepts."""
    CASES.append({"call": "activation_names", "args": {}, "y": sorted(ACTIVATIONS)})
    signatures = {name: inspect.signature(cls).parameters.values() for name, cls in INITIALIZERS.items()}
    options = {name: [[option.name, option.default] for option in all_] for name, all_ in signatures.items()}
    CASES.append({"call": "initializer_options", "args": {}, "y": options})


if __name__ == "__main__":
    arrays = (activations, pooling, normalizations, upsampling, spatial_padding)
    for part in (*arrays, draws, statistics, values, names):
        part()
    target = Path(__file__).with_name("compute.npz")
    flat = {dtype: np.concatenate(parts) for dtype, parts in FLAT.items()}
    np.savez_compressed(target, cases=np.frombuffer(json.dumps(CASES).encode(), "uint8"), **flat)
    print(f"{len(CASES)} cases, {target.stat().st_size:,} bytes")
