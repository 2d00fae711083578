"""Builds models with Python code in them in Keras 3 and tf_keras; writes opaque.json (configs, rows, tables).

Run with an interpreter that has both: `python tests/golden/make_opaque.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tf_keras

HERE = Path(__file__).parent


def scale(k: Any) -> type:
    """A layer of one's own, with a weight for each channel."""

    class Scale(k.layers.Layer):
        """Every channel times a number."""

        def build(self, shape: Any) -> None:
            """One weight."""
            self.own = self.add_weight(shape=(shape[-1],), name="own")
            super().build(shape)

        def call(self, x: Any) -> Any:
            """The product."""
            return x * self.own

    return k.saving.register_keras_serializable("my_package")(Scale)


def lambdas(k: Any) -> Any:
    """A graph of Lambdas whose shapes follow from what comes after them."""
    x = k.Input((4, 6), name="x")
    first = k.layers.Lambda(lambda t: t[:, :2], name="first")(x)
    given = k.layers.Lambda(lambda t: t + 1, output_shape=(2, 6), name="given")(first)
    parts = k.layers.Lambda(lambda t: [t[:, 0], t[:, 1]], name="parts")(given)
    return k.Model(x, k.layers.Dense(3, name="top")(k.layers.Add(name="sum")(parts)), name="lambdas")


def chain(k: Any) -> Any:
    """A chain with a Lambda inside."""
    layers = [
        k.layers.Dense(5, name="first"),
        k.layers.Lambda(lambda t: t[:, 0], name="cut"),
        k.layers.Dense(2, name="top"),
    ]
    return k.Sequential([k.Input((4, 6), name="x"), *layers], name="chain")


def ending(k: Any) -> Any:
    """A graph that ends in a Lambda, whose output no file states."""
    x = k.Input((4, 6), name="x")
    return k.Model(x, k.layers.Lambda(lambda t: t[:, 0], name="cut")(k.layers.Dense(5, name="first")(x)), name="ending")


def custom(k: Any) -> Any:
    """A chain with a layer of one's own."""
    layers = [k.layers.Dense(5, name="first"), scale(k)(name="own"), k.layers.Dense(2, name="top")]
    return k.Sequential([k.Input((4, 6), name="x"), *layers], name="custom")


def shared(k: Any) -> Any:
    """A graph that calls a layer of one's own on two inputs, in a tower of its own."""
    inside = k.Input((4, 6), name="inside")
    tower = k.Model(inside, k.layers.Lambda(lambda t: t[:, 0], name="cut")(scale(k)(name="own")(inside)), name="tower")
    x, y = k.Input((4, 6), name="x"), k.Input((4, 6), name="y")
    return k.Model([x, y], k.layers.Concatenate(name="both")([tower(x), tower(y)]), name="shared")


def operations(k: Any) -> Any:
    """A graph with bare arithmetic of tensors."""
    x = k.Input((4, 6), name="x")
    return k.Model(x, k.layers.Dense(2, name="top")(x[:, 1:]), name="operations")


def functions(k: Any) -> Any:
    """A chain with functions of one's own as activations, one of them without a name."""
    layers = [k.layers.Dense(5, activation=double, name="first"), k.layers.Activation(lambda x: x + 1, name="more")]
    return k.Sequential([k.Input((4, 6), name="x"), *layers, k.layers.Dense(2, name="top")], name="functions")


def double(x: Any) -> Any:
    """Twice the input."""
    return x + x


def objects(k: Any) -> Any:
    """A chain with a layer, an initializer and a constraint of one's own inside layers of Keras's."""

    class Noughts(k.initializers.Zeros):
        """An initializer of one's own."""

    class Free(k.constraints.Constraint):
        """A constraint of one's own."""

    first = k.layers.Dense(5, kernel_initializer=Noughts(), bias_constraint=Free(), name="first")
    layers = [first, k.layers.Dense(3, activation=scale(k)(), name="held"), k.layers.Dense(2, name="top")]
    return k.Sequential([k.Input((4, 6), name="x"), *layers], name="objects")


MODELS: tuple[Callable[[Any], Any], ...] = (lambdas, chain, ending, custom, shared, operations)


# Models of which Keras 2 writes less.
NEW = (functions, objects)


def printed(model: Any) -> str:
    """The table, without its last line break."""
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    return "\n".join(lines).removesuffix("\n")


def row(layer: Any) -> list[Any]:
    """Name, class, output shape and parameters."""
    shape = layer.output_shape if hasattr(layer, "output_shape") else layer.output.shape
    return [layer.name, type(layer).__name__, shape, layer.count_params()]


def without_code(value: Any) -> Any:
    """A config without the code itself, in which are paths of this machine."""
    if isinstance(value, dict):
        kept = {key: without_code(inner) for key, inner in value.items()}
        return kept | {
            key: "" for key in ("function", "code", "value") if key in kept and not isinstance(kept[key], dict)
        }
    return [without_code(inner) for inner in value] if isinstance(value, list) else value


def main() -> None:
    """Writes the file."""
    told: dict[str, Any] = {}
    for k in (keras, tf_keras):
        for build in (*MODELS, *NEW) if k is keras else MODELS:
            keras.utils.clear_session()
            tf_keras.backend.clear_session()
            model = build(k)
            rows = [row(layer) for layer in model.layers if layer.name != "parts"]
            told[f"{k.__name__}/{build.__name__}"] = {
                "config": without_code(json.loads(model.to_json())),
                "rows": rows,
                "summary": printed(model),
                "total": model.count_params(),
            }
    (HERE / "opaque.json").write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
