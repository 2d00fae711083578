"""The weights of a run: each is made just before its layer needs it, or loaded, and all are checked first."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from convcalc.compute.fillers import uniform
from convcalc.compute.initializers import fill, limits
from convcalc.declare.types.base import is_foreign
from convcalc.declare.weight import Weight
from convcalc.errors import RunError, did_you_mean, one_of
from convcalc.execute.feed import stored
from convcalc.execute.feed.saved import SUFFIXES, saved
from convcalc.execute.feed.stored import Stored
from convcalc.execute.feed.streams import stream
from convcalc.execute.plan.steps import Step
from convcalc.lazy import Array, np
from convcalc.sizes.shapes import show

MADE = ("init", "ones", "zeros", "random")
# Initializers that draw nothing, as they are called without underscores.
_EVEN = ("zeros", "ones", "constant", "identity", "identityinitializer", "zero", "one", "eye")
_NUMBERED = re.compile(r"(?:w|arr_)(\d+)")


class Weights:
    """Where the weights of a run come from; `of` gives those of one layer.

    From first to last: the explicit values of its call, the given arrays, and values made as ``made``
    says. ``what`` names the source.
    """

    __slots__ = ("given", "made", "seed", "what")

    def __init__(self, steps: Sequence[Step], weights: Any, seed: int, *, force: bool = False) -> None:
        self.seed = seed
        self.made = weights if isinstance(weights, str) and weights in MADE else MADE[0]
        self.what = str(weights) if isinstance(weights, str | os.PathLike) else "arrays"
        explicit = dict(_explicit(steps))
        given = {} if weights is self.made else _given(steps, weights, explicit, force)
        self.given: dict[str, Stored] = {**given, **explicit}

    def of(self, step: Step) -> list[Array]:
        """The layer's weights in Keras's order, in the dtypes that they are stored in."""
        return [self.of_weight(step, weight) for weight in step.inferred.weights]

    def rows(self, step: Step, weight: Weight) -> Callable[[Array], None] | None:
        """What writes a weight part by part, one after the other; None where it must be made whole."""
        if key(step, weight) in self.given or _dtype(weight) != "float32":
            return None
        name, config = _maker(weight, self.made)
        ends = limits(name, config, weight.shape)
        if ends is None:
            return None
        rng = self._stream(step, weight, config)
        return lambda out: uniform(out, rng, *ends)

    def draws(self, step: Step, weight: Weight) -> str | None:
        """The kind of initializer that draws a weight's values, in lower case; None where they are given or equal."""
        if key(step, weight) in self.given:
            return None
        name = _maker(weight, self.made)[0].replace("_", "").lower()
        return None if name in _EVEN else name

    def _stream(self, step: Step, weight: Weight, config: Mapping[str, Any]) -> np.random.Generator:
        """An initializer with a seed gives the same values wherever it stands, as in Keras."""
        own = config.get("seed")
        return stream(self.seed, step.name, weight.path) if own is None else stream("initializer", own)

    def of_weight(self, step: Step, weight: Weight) -> Array:
        """One of a layer's weights."""
        stored = self.given.get(key(step, weight))
        if stored is not None:
            return stored.load(_dtype(weight))
        name, config = _maker(weight, self.made)
        free = self._stream(step, weight, config)

        def made(shape: tuple[int, ...]) -> Array:
            rng = free if config.get("seed") is None else self._stream(step, weight, config)
            return fill(name, config, shape, rng, _dtype(weight))

        start, end = weight.ones
        if self.made != MADE[0] or start == end:
            return made(weight.shape)
        # Keras asks for what is before and behind the ones apart, which matters where the sizes decide.
        ones = np.ones(end - start, _dtype(weight))
        return np.concatenate([made((start,)), ones, made((weight.shape[0] - end,))])


class Made(dict[Step, Sequence[Array]]):
    """The weights of steps that are held; others are made again whenever they are asked for."""

    def __init__(self, source: Weights) -> None:
        self._source = source

    def __missing__(self, step: Step) -> list[Array]:
        return self._source.of(step)


def key(step: Step, weight: Weight) -> str:
    """``layer/weight``: how a weight is called in files and mappings."""
    return f"{step.name}/{weight.path}"


def _dtype(weight: Weight) -> str:
    return weight.dtype or "float32"


def _maker(weight: Weight, made: str) -> tuple[str, dict[str, Any]]:
    """Initializer and options for a weight; ``random`` draws biases and statistics too, and these from [0, 1)."""
    if made == "init":
        own = weight.initializer
        if is_foreign(own):
            raise _own_initializer(own["class_name"], weight)
        return (own["class_name"], own["config"]) if isinstance(own, Mapping) else (own, {})
    if made == "random":
        return ("glorot_uniform", {}) if len(weight.shape) > 1 else ("uniform", {"minval": 0.0, "maxval": 1.0})
    return made, {}


def _own_initializer(name: str, weight: Weight) -> RunError:
    return RunError(
        f"{weight.name} cannot be filled: {name} is not one of Keras's initializers",
        code="opaque-layer",
        why="what it does is Python code, and nothing that is read is ever executed",
        help=f"give the weights, by a file or as {one_of(MADE[1:])}",
    )


def _all(steps: Sequence[Step]) -> Iterator[tuple[Step, Weight]]:
    """Every weight in the order of Keras's ``get_weights()``."""
    for step in steps:
        for weight in step.inferred.weights:
            yield step, weight


def _explicit(steps: Sequence[Step]) -> Iterator[tuple[str, Stored]]:
    """The values that calls carry (``weights:`` in YAML), checked against their weights."""
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
    """The arrays of a file, a mapping or a sequence by `key`; `RunError` unless there is one for every weight."""
    if isinstance(weights, str | os.PathLike):
        path = os.fspath(weights)
        if path.lower().endswith(SUFFIXES):
            return {
                key(step, one): _fitting(stored, one, step) for step, one, stored in saved(path, steps, force=force)
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
        raise stored.unknown_suffix(path, (".npz", *SUFFIXES), MADE)
    return stored.of_file(path, force=force)


def _in_order(steps: Sequence[Step], found: Mapping[str, Stored]) -> dict[str, Stored]:
    """Arrays numbered in the order of ``get_weights()``."""
    ordered = sorted(found.items(), key=lambda item: int(item[0].lstrip("w_ar")))
    weights = list(_all(steps))
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
    """Arrays named ``layer/weight``."""
    wanted = {key(step, weight): (step, weight) for step, weight in _all(steps)}
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
    """The array, when it has numbers and the weight's shape."""
    stored.check(_dtype(weight))
    if stored.shape != weight.shape:
        raise RunError(
            f"{stored.what} has shape {show(stored.shape)}, and {key(step, weight)} has {show(weight.shape)}",
            code="wrong-weights",
            layer=step.where,
            why=f"its axes are ({', '.join(weight.dims)})",
        )
    return stored
