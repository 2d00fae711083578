"""The weights of a run: all are checked first, and each is loaded or made just before its layer needs it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from convcalc.compute.fillers import uniform
from convcalc.compute.initializers import fill, uniform_limits
from convcalc.declare.types.base import is_foreign
from convcalc.declare.weight import Weight
from convcalc.errors import RunError, did_you_mean, one_of
from convcalc.execute.feed import stored
from convcalc.execute.feed.saved import SUFFIXES, saved_weights
from convcalc.execute.feed.stored import Stored
from convcalc.execute.feed.streams import stream
from convcalc.execute.plan.steps import Step
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import show

GENERATED = ("init", "ones", "zeros", "random")
# Initializers that draw no random numbers, by their names in lower case and without underscores.
_NOT_RANDOM = ("zeros", "ones", "constant", "identity", "identityinitializer", "zero", "one", "eye")
_NUMBERED = re.compile(r"(?:w|arr_)(\d+)")


class Weights:
    """The source of the weights of a run.

    A weight is the value in its layer's call, else a given array, else filled as ``filling``, a word of `GENERATED`,
    says. ``label`` names the source in a trace.
    """

    __slots__ = ("given", "filling", "seed", "label")

    def __init__(self, steps: Sequence[Step], weights: Any, seed: int, *, force: bool = False) -> None:
        self.seed = seed
        self.filling = weights if isinstance(weights, str) and weights in GENERATED else GENERATED[0]
        self.label = str(weights) if isinstance(weights, str | os.PathLike) else "arrays"
        explicit = dict(_explicit(steps))
        given = {} if weights is self.filling else _given(steps, weights, explicit, force)
        self.given: dict[str, Stored] = {**given, **explicit}

    def of_step(self, step: Step) -> list[Array]:
        """The weights of a layer in Keras's order, in the dtypes in which Keras stores them."""
        return [self.of_weight(step, weight) for weight in step.inferred.weights]

    def row_filler(self, step: Step, weight: Weight) -> Callable[[Array], None] | None:
        """A function that writes the next rows of a weight into an array; None where the weight must be made whole."""
        if key(step, weight) in self.given or _dtype(weight) != "float32":
            return None
        name, config = _initializer(weight, self.filling)
        ends = uniform_limits(name, config, weight.shape)
        if ends is None:
            return None
        rng = self._stream(step, weight, config)
        return lambda out: uniform(out, rng, *ends)

    def draws(self, step: Step, weight: Weight) -> str | None:
        """The initializer that draws a weight's values, in lower case; None for a weight that is not drawn."""
        if key(step, weight) in self.given:
            return None
        name = _initializer(weight, self.filling)[0].replace("_", "").lower()
        return None if name in _NOT_RANDOM else name

    def _stream(self, step: Step, weight: Weight, config: Mapping[str, Any]) -> np.random.Generator:
        """The random numbers of a weight; an initializer with a seed draws the same values everywhere, as in Keras."""
        fixed = config.get("seed")
        return stream(self.seed, step.name, weight.path) if fixed is None else stream("initializer", fixed)

    def of_weight(self, step: Step, weight: Weight) -> Array:
        """One weight of a layer."""
        stored = self.given.get(key(step, weight))
        if stored is not None:
            return stored.load(_dtype(weight))
        name, config = _initializer(weight, self.filling)
        free = self._stream(step, weight, config)

        def draw(shape: tuple[int, ...]) -> Array:
            rng = free if config.get("seed") is None else self._stream(step, weight, config)
            return fill(name, config, shape, rng, _dtype(weight))

        start, end = weight.ones
        if self.filling != GENERATED[0] or start == end:
            return draw(weight.shape)
        # Keras calls the initializer once for the values before the ones and once for the values behind them; some
        # initializers depend on the size.
        ones = np.ones(end - start, _dtype(weight))
        return np.concatenate([draw((start,)), ones, draw((weight.shape[0] - end,))])


class CachedWeights(dict[Step, Sequence[Array]]):
    """Weights by step: weights that are not stored here are made anew at each access."""

    def __init__(self, source: Weights) -> None:
        self._source = source

    def __missing__(self, step: Step) -> list[Array]:
        return self._source.of_step(step)


def key(step: Step, weight: Weight) -> str:
    """The name of a weight in files and mappings: ``layer/weight``."""
    return f"{step.name}/{weight.path}"


def _dtype(weight: Weight) -> str:
    return weight.dtype or "float32"


def _initializer(weight: Weight, filling: str) -> tuple[str, dict[str, Any]]:
    """The initializer of a weight, and its options; ``random`` draws biases and statistics from [0, 1)."""
    if filling == "init":
        given = weight.initializer
        if is_foreign(given):
            raise _foreign_initializer(given["class_name"], weight)
        return (given["class_name"], given["config"]) if isinstance(given, Mapping) else (given, {})
    if filling == "random":
        return ("glorot_uniform", {}) if len(weight.shape) > 1 else ("uniform", {"minval": 0.0, "maxval": 1.0})
    return filling, {}


def _foreign_initializer(name: str, weight: Weight) -> RunError:
    return RunError(
        f"{weight.name} cannot be filled: {name} is not one of Keras's initializers",
        code="opaque-layer",
        why="what it does is Python code, and nothing that is read is ever executed",
        help=f"give the weights, by a file or as {one_of(GENERATED[1:])}",
    )


def _all_weights(steps: Sequence[Step]) -> Iterator[tuple[Step, Weight]]:
    """Every weight in the order of Keras's ``get_weights()``."""
    for step in steps:
        for weight in step.inferred.weights:
            yield step, weight


def _explicit(steps: Sequence[Step]) -> Iterator[tuple[str, Stored]]:
    """The values in calls (``weights:`` in YAML), with the names of their weights; `RunError` where they do not fit."""
    for step in steps:
        known = {weight.path: weight for weight in step.inferred.weights}
        for name, value in (step.node.call.weights or {}).items():
            try:
                if name not in known:
                    raise _unknown(name, known)
                found = stored.of_value(value.value, f"{name} of {step.name}")
                yield key(step, known[name]), _fitting(found, known[name], step)
            except RunError as error:
                error.layer = step.where
                error.span = (value.place if name in known else value.key) or value.place or step.node.call.place
                raise


def _given(steps: Sequence[Step], weights: Any, explicit: Mapping[str, Stored], force: bool) -> dict[str, Stored]:
    """The arrays of a file, a mapping or a sequence, by `key`; `RunError` unless every weight has an array."""
    if isinstance(weights, str | os.PathLike):
        path = os.fspath(weights)
        if path.lower().endswith(SUFFIXES):
            return {
                key(step, weight): _fitting(stored, weight, step)
                for step, weight, stored in saved_weights(path, steps, force=force)
            }
        found = _file(path, force)
    elif isinstance(weights, Mapping):
        found = {str(name): stored.of_value(value, f"{name}") for name, value in weights.items()}
    else:
        found = {f"w{i}": stored.of_value(value, f"array {i}") for i, value in enumerate(weights)}
    if found and all(map(_NUMBERED.fullmatch, found)) or not found and not isinstance(weights, Mapping):
        return _in_order(steps, found)
    return _by_name(steps, found, explicit)


def _file(path: str, force: bool) -> dict[str, Stored]:
    if not path.lower().endswith(".npz"):
        raise stored.unknown_suffix(path, (".npz", *SUFFIXES), GENERATED)
    return stored.of_file(path, force=force)


def _in_order(steps: Sequence[Step], found: Mapping[str, Stored]) -> dict[str, Stored]:
    """Arrays with numbers as names, in the order of ``get_weights()``, by `key`."""
    ordered = sorted(found.items(), key=lambda item: int(item[0].lstrip("w_ar")))
    weights = list(_all_weights(steps))
    if len(ordered) != len(weights):
        raise RunError(
            f"the model has {len(weights)} weights, and {len(ordered)} arrays are given",
            code="wrong-weights",
            why=f"in order: {', '.join(f'{key(s, w)} {show(w.shape)}' for s, w in weights[:10])}" if weights else None,
            help="give the arrays of Keras's model.get_weights(), all of them and in that order",
        )
    pairs = zip(weights, ordered, strict=True)
    return {key(step, weight): _fitting(stored, weight, step) for (step, weight), (_, stored) in pairs}


def _by_name(steps: Sequence[Step], found: Mapping[str, Stored], explicit: Mapping[str, Stored]) -> dict[str, Stored]:
    """Arrays with names ``layer/weight``, which are their `key`s."""
    wanted = {key(step, weight): (step, weight) for step, weight in _all_weights(steps)}
    for name in found:
        if name not in wanted:
            raise _unknown(name, wanted)
    missing = [name for name in wanted if name not in found and name not in explicit]
    if missing:
        raise RunError(
            f"no array is given for {missing[0]!r}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else ""),
            code="wrong-weights",
            why=f"the model has {len(wanted)} weights, and {len(found)} arrays are given",
            help="give every weight of the model by its name, layer/weight",
        )
    return {name: _fitting(stored, wanted[name][1], wanted[name][0]) for name, stored in found.items()}


def _unknown(name: str, known: Mapping[str, Any]) -> RunError:
    hint = did_you_mean(name, known) or (f"the weights are {', '.join(list(known)[:10])}" if known else "it has none")
    return RunError(f"no weight is called {name!r}", code="unknown-weight", help=hint)


def _fitting(stored: Stored, weight: Weight, step: Step) -> Stored:
    """The array itself; `RunError` where it has another shape than the weight, or texts."""
    stored.check(_dtype(weight))
    if stored.shape != weight.shape:
        raise RunError(
            f"{stored.label} has shape {show(stored.shape)}, and {key(step, weight)} has {show(weight.shape)}",
            code="wrong-weights",
            layer=step.where,
            why=f"its axes are ({', '.join(weight.dims)})",
        )
    return stored
