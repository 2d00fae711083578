"""Builds graphs in Keras 3 and in tf_keras; writes graphs.json (configs, tables, totals) and graphs.npz (values).

Run with an interpreter that has both: `python tests/golden/make_graphs.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tf_keras

HERE = Path(__file__).parent


def residual(k: Any) -> Any:
    """A block with a shortcut."""
    x = k.Input((8, 8, 3), name="image")
    y = k.layers.Conv2D(4, 3, padding="same", name="first")(x)
    z = k.layers.BatchNormalization(name="norm")(k.layers.Conv2D(4, 3, padding="same", name="second")(y))
    return k.Model(x, k.layers.Dense(2, name="top")(k.layers.Add(name="sum")([z, y])), name="residual")


def swapped(k: Any) -> Any:
    """The same with the branches the other way round, which changes Keras's order of layers."""
    x = k.Input((8, 8, 3), name="image")
    y = k.layers.Conv2D(4, 3, padding="same", name="first")(x)
    z = k.layers.Conv2D(4, 3, padding="same", name="second")(y)
    return k.Model(x, k.layers.Concatenate(name="both")([y, z]), name="swapped")


def siamese(k: Any) -> Any:
    """Two inputs through one tower."""
    left, right = k.Input((8, 3), name="left"), k.Input((8, 3), name="right")
    tower = k.layers.Conv1D(4, 3, activation="relu", name="tower")
    pool = k.layers.GlobalAveragePooling1D(name="pool")
    a, b = pool(tower(left)), pool(tower(right))
    return k.Model([left, right], k.layers.Subtract(name="difference")([a, b]), name="siamese")


def outputs(k: Any) -> Any:
    """Two outputs, the second from the middle, and an input that no output needs."""
    x, unused = k.Input((6,), name="x"), k.Input((2,), name="unused")
    h = k.layers.Dense(5, activation="tanh", name="hidden")(x)
    a, b = k.layers.Dense(1, name="a")(h), k.layers.Dense(3, name="b")(h)
    return k.Model([x, unused], [b, a, h], name="outputs")


def nested(k: Any) -> Any:
    """A graph and a chain inside a graph, the graph called twice."""
    x = k.Input((8, 8, 3), name="inner_image")
    y = k.layers.Conv2D(3, 3, padding="same", name="inner_conv")(x)
    block = k.Model(x, k.layers.Add(name="inner_sum")([x, y]), name="block")
    chain = k.Sequential([k.layers.Conv2D(2, 3, name="chained"), k.layers.Flatten(name="flat")], name="chain")
    image = k.Input((8, 8, 3), name="image")
    return k.Model(image, chain(block(block(image))), name="nested")


def pairs(k: Any) -> Any:
    """A chain that is a Functional model, with two outputs along it: Keras shows no connections."""
    x = k.Input((4, 4, 2), name="x")
    y = k.layers.Conv2D(2, 2, name="conv")(x)
    return k.Model(x, [y, k.layers.Flatten(name="flat")(y)], name="pairs")


def arithmetic(k: Any) -> Any:
    """Operations between layers: of two tensors, of a tensor and numbers on either side, of a vector."""
    x = k.Input((4, 3), name="x")
    y = k.layers.Dense(3, name="dense")(x)
    y = (1.0 - y * 0.5) / (x + 5.0) + x
    return k.Model(x, k.ops.divide(y - 2.0, k.ops.add(x1=y, x2=y) + 9), name="arithmetic")


def functions(k: Any) -> Any:
    """Operations of one tensor and of two, some with options, and parts of tensors."""
    x = k.Input((4, 3), name="x")
    y = k.ops.relu(k.layers.Dense(3, name="dense")(x) - 1.0)
    y = k.ops.exp(-k.ops.sqrt(y)) + abs(x) ** 2 + 0.1 * k.ops.absolute(x)
    y = k.ops.maximum(y, k.ops.minimum(x, 0.5)) + 2**x
    y = k.ops.gelu(y) - k.activations.gelu(x) + k.ops.leaky_relu(x, 0.3) * k.ops.elu(x, alpha=0.5)
    z = k.ops.softmax(y, axis=1) * k.ops.log_softmax(x) + k.ops.clip(y, 0.2, 0.9) * k.ops.silu(x)
    z = z + k.ops.rsqrt(k.ops.square(x) + 1.0) - k.ops.erf(x) + k.ops.softplus(y) / k.ops.log(y + 3.0)
    z = k.ops.hard_silu(z) + k.ops.hard_shrink(z, 0.1) + k.ops.tanh_shrink(z) + k.ops.squareplus(z)
    z = k.ops.power(k.ops.sigmoid(z), y) + k.ops.sin(z) * k.ops.sign(x) + k.ops.floor(y) + k.activations.tanh(z)
    parts = [z[:, 0], z[:, -1, 1:], z[..., ::2], z[:, None], z[:, :2, None, ...]]
    return k.Model(x, [z, k.ops.concatenate([z, x], axis=1), *parts], name="functions")


def reshaping(k: Any) -> Any:
    """Operations that change shapes: sums along axes, other sizes, other orders, matrices, stacks."""
    x = k.Input((4, 6), name="x")
    y = k.layers.Dense(6, name="dense")(x)
    means = [k.ops.mean(y, axis=1), k.ops.sum(y, axis=(1, -1), keepdims=True), k.ops.max(y, axis=-1)]
    means += [k.ops.min(y, -2, True), k.ops.var(y, axis=[2]), k.ops.std(y, axis=1), k.ops.mean(y, axis=0)]
    sizes = [k.ops.reshape(y, (-1, 2, 12)), k.ops.reshape(y, [-1, 6]), k.ops.expand_dims(y, (1, -1))]
    sizes += [k.ops.squeeze(k.ops.expand_dims(y, 2), axis=2), k.ops.squeeze(means[1])]
    orders = [k.ops.transpose(y, (0, 2, 1)), k.ops.transpose(y), k.ops.swapaxes(y, 1, -1)]
    rows = [k.ops.matmul(x, orders[0]), x @ orders[2], k.ops.concatenate([x, y]), k.ops.stack([x, y], axis=1)]
    return k.Model(x, [*means, *sizes, *orders, *rows, k.ops.stack([x, y, x], -1)], name="reshaping")


def thawed(k: Any) -> Any:
    """Frozen nested models, in each of which one layer is thawed again."""
    x = k.Input((4,), name="inner_x")
    graph = k.Model(x, k.layers.Dense(3, name="b")(k.layers.Dense(2, name="a")(x)), name="graph")
    chain = k.Sequential([k.layers.Dense(3, name="c"), k.layers.BatchNormalization(name="d")], name="chain")
    graph.trainable = False
    graph.get_layer("a").trainable = True
    image = k.Input((4,), name="image")
    model = k.Model(image, k.layers.Add(name="sum")([chain(image), graph(image)]), name="thawed")
    chain.trainable = False
    chain.get_layer("c").trainable = True
    return model


def frozen(k: Any) -> Any:
    """A frozen model with a thawed layer, which Keras does not count as trainable."""
    x = k.Input((4,), name="x")
    model = k.Model(x, k.layers.Dense(2, name="b")(k.layers.Dense(3, name="a")(x)), name="frozen")
    model.trainable = False
    model.get_layer("a").trainable = True
    return model


def policies(k: Any) -> Any:
    """Layers of several dtypes and policies, what is between them, and a nested model."""
    x = k.Input((4, 4, 3), name="x")
    half = k.layers.Conv2D(2, 3, padding="same", dtype="mixed_float16", name="half")(x)
    brain = k.layers.Dense(2, dtype="mixed_bfloat16", name="brain")(half)
    tower = k.Sequential([k.layers.Dense(2, dtype="float16", name="inner")], name="tower")
    y = k.layers.Dense(3, dtype="float64", name="double")(k.layers.Add(name="sum")([brain, tower(x)]))
    return k.Model(x, [y, half + 1.0, k.layers.Flatten(name="flat", dtype="float16")(x)], name="policies")


def held(k: Any) -> Any:
    """Models in a layer: a chain, and a graph whose layer is called twice, in time steps of time steps."""
    part = k.Input((4,), name="part")
    dense = k.layers.Dense(4, activation="tanh", name="twice")
    graph = k.Model(part, k.layers.Add(name="sum")([dense(part), dense(dense(part))]), name="graph")
    chain = k.Sequential([k.layers.Dense(3, name="first"), k.layers.Dense(2, name="second")], name="chain")
    x = k.Input((3, 5, 4), name="x")
    y = k.layers.TimeDistributed(k.layers.TimeDistributed(graph, name="inside"), name="outside")(x)
    y = k.layers.TimeDistributed(k.layers.Flatten(name="flat"), name="flats")(y)
    return k.Model(x, k.layers.TimeDistributed(chain, name="chains")(y), name="held")


MODELS: dict[str, Callable[[Any], Any]] = {
    build.__name__: build
    for build in (
        residual,
        swapped,
        siamese,
        outputs,
        nested,
        pairs,
        arithmetic,
        thawed,
        frozen,
        policies,
        held,
        functions,
        reshaping,
    )
}
WIDE = {"line_length": 120, "expand_nested": True, "show_trainable": True}


def printed(model: Any, **options: Any) -> str:
    """The table, without its last line break."""
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), **options)
    return "\n".join(lines).removesuffix("\n")


def values(model: Any, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Random weights and inputs, and the outputs that Keras makes of them."""
    weights = [rng.uniform(0, 1, weight.shape).astype("float32") for weight in model.weights]
    model.set_weights(weights)
    inputs = [rng.normal(size=(2, *one.shape[1:])).astype("float32") for one in model.inputs]
    out = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    named = {f"w{i}": weight for i, weight in enumerate(weights)} | {f"x{i}": x for i, x in enumerate(inputs)}
    return named | {f"y{i}": np.asarray(y) for i, y in enumerate(out if isinstance(out, list) else [out])}


def main() -> None:
    """Writes both files."""
    told: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    rng = np.random.default_rng(0)
    for name, build in MODELS.items():
        keras.utils.clear_session()
        made = build(keras)
        config = made.to_json()
        # What comes of a config is not all that was: Keras 2 forgets that a whole model is frozen.
        model = keras.models.model_from_json(config)
        told[name] = {
            "config": json.loads(config),
            "summary": printed(model),
            "wide": printed(model, **WIDE),
            "total": model.count_params(),
            "trainable": sum(int(np.prod(weight.shape)) for weight in model.trainable_weights),
        }
        if build is policies:
            told[name]["dtypes"] = [one._inbound_nodes[-1].output_tensors[0].dtype for one in model.operations]
        elif build not in (arithmetic, functions, reshaping):  # tf.keras 2 makes layers of its own of operations
            old = build(tf_keras)
            loaded = tf_keras.models.model_from_json(old.to_json())
            told[name] |= {"keras2_loaded": printed(loaded), "keras2_config": json.loads(old.to_json())}
            told[name] |= {"keras2": printed(old)} if printed(old) == printed(loaded) else {}
        if build is not policies:  # NumPy has no bfloat16
            arrays |= {f"{name}/{key}": value for key, value in values(model, rng).items()}
    (HERE / "graphs.json").write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    np.savez_compressed(HERE / "graphs.npz", **arrays)


if __name__ == "__main__":
    main()
