"""The input of a run: made, given, or in a file; its shape is settled before it exists."""

from __future__ import annotations

import ast
import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcalc.errors import RunError
from convcalc.execute.feed import stored
from convcalc.execute.feed.stored import Stored
from convcalc.execute.feed.streams import stream
from convcalc.execute.plan.steps import unsupported_dtype
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, show
from convcalc.stack.graph import Input


def _ones(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> Array:
    return np.ones(shape, dtype)


def _zeros(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> Array:
    return np.zeros(shape, dtype)


def _random(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> Array:
    """Uniform in [0, 1), as pixels are; 0 or 1 where only whole numbers are possible."""
    if np.dtype(dtype).kind != "f":
        return rng.integers(0, 2, shape, np.uint8).astype(dtype)
    drawn = np.float64 if dtype == "float64" else np.float32
    return rng.random(shape, drawn).astype(dtype, copy=False)


def _arange(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> Array:
    """0, 1, 2, … in reading order, over all samples."""
    return np.arange(math.prod(shape)).astype(dtype).reshape(shape)


_MAKERS = {"ones": _ones, "zeros": _zeros, "random": _random, "arange": _arange}
GENERATED = tuple(_MAKERS)

# What an input can be: what NumPy has and Keras too.
DTYPES = (*(dtype for dtype in dtypes.BITS if dtype != "bfloat16"), dtypes.TEXT)


class Feed:
    """The input to come: what to call it, its shape with the batch, what making it allocates, ``make``."""

    __slots__ = ("bytes", "make", "shape", "what")

    def __init__(self, what: str, shape: tuple[int, ...], bytes: int, make: Callable[[], Array]) -> None:
        self.what = what
        self.shape = shape
        self.bytes = bytes
        self.make = make


def feeds(x: Any, inputs: Sequence[Input], seed: int, *, force: bool = False) -> list[Feed]:
    """What ``x`` means for each input of a model: one word for all, or values for each, in order or by name."""
    for one in inputs:
        if one.dtype not in DTYPES:
            raise unsupported_dtype(one.dtype, f"the input, {one.name}")
    if len(inputs) == 1 or isinstance(x, str):
        return [feed(x, one, seed, force=force) for one in inputs]
    given = [x.get(one.name) for one in inputs] if isinstance(x, Mapping) else x
    if not isinstance(given, list | tuple) or len(given) != len(inputs) or any(part is None for part in given):
        names = ", ".join(one.name for one in inputs)
        raise RunError(
            f"the model has {len(inputs)} inputs", code="wrong-input", help=f"give a list of arrays, for {names}"
        )
    return [feed(part, one, seed, force=force) for part, one in zip(given, inputs, strict=True)]


def feed(x: Any, model: Input, seed: int, *, force: bool = False) -> Feed:
    """The input that ``x`` means for a model; `RunError` where it does not suit.

    ``x`` is a word of `GENERATED`, a file, a literal, or values: an array, nested lists, or a list
    with one array.
    """
    if isinstance(x, str) and x in _MAKERS:
        if model.dtype == dtypes.TEXT:
            raise _no_text(model)
        shape = _concrete(model)
        maker = _MAKERS[x]
        size = math.prod(shape) * np.dtype(model.dtype).itemsize
        return Feed(x, shape, size, lambda: maker(shape, model.dtype, stream(seed, model.name, "input")))
    stored, what = _stored(x, model, force)
    stored.check(model.dtype)
    shape = _fit(stored, model)
    casts = model.dtype not in (stored.dtype.name, dtypes.TEXT)
    size = math.prod(shape) * np.dtype(model.dtype).itemsize if casts else 0
    given = hasattr(x, "__array__") or isinstance(x, list | tuple)
    return Feed(what, shape, size + (0 if given else stored.bytes), lambda: stored.load(model.dtype).reshape(shape))


def _no_text(model: Input) -> RunError:
    return RunError(
        f"the input {model.name} is text, which cannot be made up",
        code="wrong-input",
        help="""give it as --input '[["a text"], ["another"]]' (x=), or in a .json, .npy or .npz file""",
    )


def _concrete(model: Input) -> tuple[int, ...]:
    """The model's input shape for an input that is made: one sample unless the batch is known."""
    if model.shape is None or None in model.shape[1:]:
        raise RunError(
            "the input cannot be made: its shape is not known",
            code="unknown-size",
            why=f"the model's input is {show(model.shape)}" if model.shape else "the model does not say its input",
            help="give every size with -s (input_shape=), or an array as the input",
        )
    return tuple(1 if dim is None else dim for dim in model.shape)


def _stored(x: Any, model: Input, force: bool) -> tuple[Stored, str]:
    """The array that ``x`` names or is, and what to call it."""
    if isinstance(x, list | tuple) and any(hasattr(part, "__array__") for part in x):
        x = _only(x)
    if not isinstance(x, str | os.PathLike):
        return stored.of_value(x, "the input"), "array"
    text = os.fspath(x)
    if text.lstrip()[:1] in ("[", "("):
        return stored.of_value(_literal(text), "the input"), "literal"
    if not text.lower().endswith(stored.SUFFIXES):
        raise stored.unknown_suffix(text, stored.SUFFIXES, GENERATED)
    return _named(stored.of_file(text, force=force), model, text), text


def _only(x: Sequence[Any]) -> Any:
    """The array of a list of arrays, one for every input of the model."""
    if len(x) != 1:
        raise RunError(
            f"the model has 1 input, and {len(x)} arrays are given",
            code="wrong-input",
            help="stack the samples into one array, along its first axis",
        )
    return x[0]


def _literal(text: str) -> Any:
    """Nested lists of numbers, as Python and JSON write them; nothing is evaluated."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise RunError("the input is not a list of numbers", code="bad-array", why=why) from None


def _named(found: dict[str, Stored], model: Input, path: str) -> Stored:
    """The array meant among those of a file: the only one, or the one that has the input's name."""
    if model.name in found:
        return found[model.name]
    if len(found) == 1:
        return next(iter(found.values()))
    raise RunError(
        f"{path} has {len(found)} arrays, and none is called {model.name!r}",
        code="wrong-input",
        why=f"they are {', '.join(sorted(found)[:10])}" if found else None,
        help=f"keep one array in it, or name the input {model.name!r}",
    )


def _fit(stored: Stored, model: Input) -> tuple[int, ...]:
    """The shape that the model sees: the array's, with a batch axis where only that is missing."""
    want = model.shape
    shape = stored.shape
    if want is not None and len(shape) == len(want) - 1:
        shape = (1, *shape)
    if want is not None and not _matches(shape, want):
        raise RunError(
            f"{stored.what} has shape {show(stored.shape)}, and the model takes {show(want)}",
            code="wrong-input",
            help="the first axis counts the samples; -s (input_shape=) changes what the model takes",
        )
    return shape


def _matches(shape: tuple[int, ...], want: Shape) -> bool:
    return len(shape) == len(want) and all(w is None or w == n for n, w in zip(shape, want, strict=True))
