"""Forward values on random weights: within 1e-5 of live Keras, relative to the largest output."""

from __future__ import annotations

import json
import math
import os
from functools import partial
from typing import Any

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

import convcalc  # noqa: E402
from convcalc.declare.layer import Layer  # noqa: E402
from convcalc.declare.weight import Inferred  # noqa: E402
from convcalc.errors import ConvcalcError  # noqa: E402
from convcalc.layers import find  # noqa: E402
from tests.keras.draw import OMIT, Drawn, draw  # noqa: E402
from tests.keras.oracle import keras_answer, reproduction  # noqa: E402
from tests.kinds import called, every_name, live  # noqa: E402
from tests.samples import suited  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

DRAWS = int(os.environ.get("CONVCALC_FUZZ", "3000")) // 3
FIRST = int(os.environ.get("CONVCALC_SEED", "0"))
KINDS = [name for name in every_name() if find(name).__name__ != "InputLayer"]
CLOSE = 1e-5


def sized(drawn: Drawn) -> Drawn:
    """The same in float32, on an input without unknown or empty sizes; initial values are set apart."""
    batch = next((shape[0] for shape in drawn.shapes if shape[0]), 2)
    shapes = ((batch, *(size or 3 for size in shape[1:])) for shape in drawn.shapes)
    # Attention compares every position with every other: over large axes, and many, for minutes.
    few = (tuple(min(size, 6) for size in shape[:4]) for shape in shapes) if "Attention" in drawn.kind else shapes
    return drawn.revised(_computable).on(*few)


def _computable(name: str, value: Any) -> Any:
    if name == "epsilon" and isinstance(value, int | float):
        return abs(value)  # a negative one may cancel the variance, and with it every digit
    if name == "sampling_rate":
        return 16000  # bands of a few hertz divide one rounding error by another
    if name == "sparse":
        return False  # a sparse tensor has no array to compare
    return OMIT if name == "dtype" else "zeros" if name.endswith("_initializer") else value


def ours(drawn: Drawn) -> tuple[Layer, Inferred] | None:
    """Our layer on the drawn shape, or None where it is refused."""
    try:
        layer = drawn.make(find)
        return layer, layer.infer(*drawn.shapes)
    except ConvcalcError:
        return None


def keras_values(drawn: Drawn, weights: list[Any], inputs: list[Any]) -> list[Any] | None:
    """Keras's outputs; None where TensorFlow's CPU kernels cannot compute them."""
    layer = drawn.make(partial(live, keras))
    called(layer, [keras.KerasTensor(x.shape) for x in inputs])
    layer.set_weights(weights)
    if drawn.kind == "Normalization":
        layer.finalize_state()  # or it goes on with the mean and variance that it was built with
    try:
        return [np.asarray(y) for y in keras.tree.flatten(called(layer, inputs, training=False))]
    except Exception:  # whatever TensorFlow raises for want of a kernel
        return None


def deadly(layer: Layer, drawn: Drawn) -> bool:
    """Whether TensorFlow's max pooling divides by zero, which ends the process: Keras's wider window may not fit."""
    if not drawn.kind.startswith("AdaptiveMax"):
        return False
    sizes = drawn.shape[2:] if layer.is_channels_first else drawn.shape[1:-1]
    return any(-(-(n or 0) // wanted) >= (n or 0) for n, wanted in zip(sizes, layer.config["output_size"], strict=True))


def random_weights(inferred: Inferred, random: np.random.Generator) -> list[Any]:
    """Normal values, scaled to keep outputs near 1; vectors away from 0, and above it where they are variances."""
    drawn = [
        (w.name, random.standard_normal(w.shape) / max(math.prod(w.shape[:-1]), 1) ** 0.5) for w in inferred.weights
    ]
    away = [(name, values + np.sign(values) if values.ndim < 2 else values) for name, values in drawn]
    return [(np.abs(values) if "variance" in name else values).astype("float32") for name, values in away]


def distance(ours: Any, theirs: Any) -> float:
    """The largest difference relative to the largest finite output; infinite for another shape or other NaNs."""
    if ours.shape != theirs.shape or not np.array_equal(np.isfinite(ours), np.isfinite(theirs)):
        return math.inf
    ours, theirs = ours[np.isfinite(theirs)], theirs[np.isfinite(theirs)]
    return float(np.max(np.abs(ours - theirs), initial=0) / np.max(np.abs(theirs), initial=1e-30))


def error(drawn: Drawn, layer: Layer, inferred: Inferred, seed: int) -> float | None:
    """How far apart the values are on random weights and input; None where TensorFlow cannot compute them."""
    random = np.random.default_rng(seed)
    weights = [weight.astype(layer.dtype) for weight in random_weights(inferred, random)]
    inputs = [suited(drawn.kind, random.standard_normal(shape).astype(layer.dtype)) for shape in drawn.shapes]
    theirs = keras_values(drawn, weights, inputs)
    if theirs is None:
        return None
    values = layer.apply(weights, *inputs)
    outputs = values if isinstance(values, tuple) else (values,)
    return max(map(distance, outputs, theirs)) if len(outputs) == len(theirs) else math.inf


def is_rounding(drawn: Drawn, seed: int, off: float) -> bool:
    """Whether a small difference has grown over time steps from rounding: in double precision there is none.

    A large difference must also be one by which our own values move from single to double. Where TensorFlow's CPU
    kernels have no double precision, one of the two must do.
    """
    double = Drawn(drawn.kind, drawn.positional, {**drawn.named, "dtype": "float64"}, *drawn.shapes)
    found = ours(double)
    double_off = error(double, *found, seed) if found else None
    grown = off < 1e-2 or (found is not None and off < 10 * own_rounding(drawn, *found, seed))
    return grown and (double_off is None or double_off < max(1e-10, 1e-8 * off))


def own_rounding(drawn: Drawn, double: Layer, inferred: Inferred, seed: int) -> float:
    """How far our values in single precision are from ours in double, on the same weights and inputs."""
    random = np.random.default_rng(seed)
    weights = random_weights(inferred, random)
    inputs = [suited(drawn.kind, random.standard_normal(shape).astype("float32")) for shape in drawn.shapes]
    values = [
        double.apply([w.astype(t) for w in weights], *(x.astype(t) for x in inputs)) for t in ("float32", "float64")
    ]
    single, exact = (value if isinstance(value, tuple) else (value,) for value in values)
    return max(map(distance, single, exact))


def test_values_match_keras() -> None:
    """Forward values of drawn configurations are Keras's, for every kind."""
    different, compared = [], set()
    for seed in range(FIRST, FIRST + DRAWS):
        drawn = sized(draw(seed, KINDS))
        found, answer = ours(drawn), keras_answer(drawn)
        if not found or not answer or not answer.accepted:
            continue
        off = None if deadly(found[0], drawn) else error(drawn, *found, seed)
        if off is None:
            continue
        compared.add(drawn.kind)
        if off > CLOSE and not is_rounding(drawn, seed, off):
            different.append(f"seed {seed}, off by {off:.1e}: {reproduction(drawn)}")
        if seed % 500 == 0:
            keras.backend.clear_session(free_memory=False)
    assert not different, f"{len(different)} differ:\n" + "\n".join(different[:20])
    assert compared == set(KINDS) or 25 * len(KINDS) > DRAWS, f"never compared: {set(KINDS) - compared}"


def test_layers_behind_turned_axes() -> None:
    """An EinsumDense shows the axes of ... the other way round; layers behind it take them as they are computed."""
    layers = [keras.layers.EinsumDense("...x,xy->...y", 3), keras.layers.Dense(2), keras.layers.Conv2D(4, 2)]
    model = keras.Sequential([keras.Input((5, 7, 4)), *layers])
    x = np.random.default_rng(0).standard_normal((2, 5, 7, 4)).astype("float32")
    (y,) = convcalc.run(convcalc.load(json.loads(model.to_json())), x, weights=model.get_weights()).outputs
    np.testing.assert_allclose(y, np.asarray(model(x)), rtol=0, atol=1e-5)
