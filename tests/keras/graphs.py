"""Random Functional and nested models, of Keras 3 or of tf.keras 2, reproducible by seed."""

from __future__ import annotations

from random import Random
from typing import Any

MOST_CALLS = 7


class Drawing:
    """Draws models of ``keras``'s layers over tensors of (batch, 4, 4, channels)."""

    def __init__(self, keras: Any, seed: int) -> None:
        self.keras = keras
        self.random = Random(seed)

    def model(self, depth: int = 0, channels: int | None = None) -> Any:
        """A model: a chain, or a graph with branches, shared and nested models, several inputs and outputs."""
        if self.random.random() < (0.25 if channels is None else 0.5):
            return self._chain(depth, channels)
        return self._graph(depth, channels)

    def _chain(self, depth: int, channels: int | None) -> Any:
        """A Sequential, whose input is known from the start where ``channels`` are; None for the model itself."""
        layers = [self._layer(depth, None) for _ in range(self.random.randint(1, 3))]
        known = channels or (3 if depth == 0 else None)
        entry = [self.keras.Input((4, 4, known))] if known and (depth == 0 or self.random.random() < 0.5) else []
        return self._maybe_frozen(self.keras.Sequential([*entry, *layers], **self._name("chain")))

    def _graph(self, depth: int, channels: int | None) -> Any:
        count = 1 if channels else self.random.choice((1, 1, 2))
        inputs = [self.keras.Input((4, 4, channels or 3), **self._name("input")) for _ in range(count)]
        tensors, layers = list(inputs), []
        for _ in range(self.random.randint(1, MOST_CALLS)):
            self._call(tensors, layers, depth)
        made = tensors[count:]
        outputs = [made[-1], *self.random.sample(made[:-1], min(len(made) - 1, self.random.choice((0, 0, 1, 2))))]
        whole = self.keras.Model(inputs if count > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0])
        return self._maybe_frozen(whole)

    def _call(self, tensors: list[Any], layers: list[Any], depth: int) -> None:
        """Adds the output of another call: of a merge, of a layer that was called before, or of a new one."""
        x = tensors[-1] if self.random.random() < 0.6 else self.random.choice(tensors)
        alike = [one for one in tensors if tuple(one.shape) == tuple(x.shape)]
        again = [layer for layer, channels in layers if channels == x.shape[-1]]
        if self.random.random() < 0.25:
            kind = self.random.choice(("Add", "Concatenate", "Multiply"))
            both = [x, self.random.choice(alike)]
            tensors.append(getattr(self.keras.layers, kind)(**self._name("merge"))(both))
        elif again and self.random.random() < 0.3:
            tensors += _listed(self.random.choice(again)(x))
        else:
            layer = self._layer(depth, x.shape[-1])
            layers.append((layer, x.shape[-1]))
            tensors += _listed(layer(x))

    def _layer(self, depth: int, channels: int | None) -> Any:
        """A layer that keeps (4, 4), or a nested model."""
        kl, random = self.keras.layers, self.random
        if depth < 2 and random.random() < 0.2:
            return self.model(depth + 1, channels) if channels else self._chain(depth + 1, None)
        named = self._name("layer") | ({"trainable": False} if random.random() < 0.2 else {})
        return random.choice((
            lambda: kl.Conv2D(random.choice((2, 3)), 3, padding="same", **named),
            lambda: kl.BatchNormalization(**named),
            lambda: kl.ReLU(**named),
            lambda: kl.Dense(random.choice((2, 3)), **named),
            lambda: kl.Dropout(0.5, **named),
        ))()  # fmt: skip

    def _maybe_frozen(self, model: Any) -> Any:
        """The model, at times frozen, and then at times with a layer thawed."""
        if self.random.random() < 0.2:
            model.trainable = False
            if model.layers and self.random.random() < 0.5:
                self.random.choice(model.layers).trainable = True
        return model

    def _name(self, base: str) -> dict[str, str]:
        """At times a name, long enough to be cut."""
        if self.random.random() < 0.7:
            return {}
        return {"name": f"{base}_{'long_' * self.random.randint(0, 6)}{self.random.randrange(10**6)}"}


def _listed(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def options(seed: int, names: list[str]) -> dict[str, Any]:
    """Arguments of ``model.summary()``."""
    random = Random(seed)
    given: dict[str, Any] = {}
    if random.random() < 0.5:
        given["expand_nested"] = True
    if random.random() < 0.5:
        given["show_trainable"] = True
    if random.random() < 0.5:
        given["line_length"] = random.choice((60, 72, 80, 100, 120))
    if random.random() < 0.4:
        given["layer_range"] = random.choice(([random.choice(names), random.choice(names)], ["", "."]))
    return given
