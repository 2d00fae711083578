"""The inputs of a run: generated, given as values, or in a file. Shapes are known before the arrays are made."""

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
    """Uniform values from [0, 1), like pixels; 0 or 1 for a dtype of whole numbers."""
    if np.dtype(dtype).kind != "f":
        return rng.integers(0, 2, shape, np.uint8).astype(dtype)
    drawn = np.float64 if dtype == "float64" else np.float32
    return rng.random(shape, drawn).astype(dtype, copy=False)


def _arange(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> Array:
    """The numbers 0, 1, 2, … in C order, through all samples."""
    return np.arange(math.prod(shape)).astype(dtype).reshape(shape)


_GENERATORS = {"ones": _ones, "zeros": _zeros, "random": _random, "arange": _arange}
GENERATED = tuple(_GENERATORS)

# The dtypes of inputs: the dtypes that both NumPy and Keras have.
DTYPES = (*(dtype for dtype in dtypes.BITS if dtype != "bfloat16"), dtypes.TEXT)


class Feed:
    """An input before it is made: a ``label`` for messages, the ``shape`` with the batch, and ``make``.

    ``bytes`` is the memory that ``make`` allocates.
    """

    __slots__ = ("bytes", "make", "shape", "label")

    def __init__(self, label: str, shape: tuple[int, ...], bytes: int, make: Callable[[], Array]) -> None:
        self.label = label
        self.shape = shape
        self.bytes = bytes
        self.make = make


def feeds(x: Any, inputs: Sequence[Input], seed: int, *, force: bool = False) -> list[Feed]:
    """The feed for each input of a model; ``x`` is a word for all inputs, or values for each, in order or by name.

    Where ``x`` is None an input gets the numbers that its script calls the layers on, or ones where the script does
    not say them.
    """
    for target in inputs:
        if target.dtype not in DTYPES:
            raise unsupported_dtype(target.dtype, f"the input, {target.name}")
    if x is None:
        own = ("ones" if target.values is None else target.values() for target in inputs)
        return [feed(given, target, seed, force=force) for given, target in zip(own, inputs, strict=True)]
    if len(inputs) == 1 or isinstance(x, str):
        return [feed(x, target, seed, force=force) for target in inputs]
    given = [x.get(target.name) for target in inputs] if isinstance(x, Mapping) else x
    if not isinstance(given, list | tuple) or len(given) != len(inputs) or any(part is None for part in given):
        names = ", ".join(target.name for target in inputs)
        raise RunError(
            f"the model has {len(inputs)} inputs", code="wrong-input", help=f"give a list of arrays, for {names}"
        )
    return [feed(part, target, seed, force=force) for part, target in zip(given, inputs, strict=True)]


def feed(x: Any, target: Input, seed: int, *, force: bool = False) -> Feed:
    """The feed that ``x`` means for ``target``, an input of the model; `RunError` where ``x`` does not fit it.

    ``x`` is a word of `GENERATED`, a file, a literal, or values: an array, nested lists, or a list with one array.
    """
    if isinstance(x, str) and x in _GENERATORS:
        if target.dtype == dtypes.TEXT:
            raise _no_text(target)
        shape = _generated_shape(target)
        generator = _GENERATORS[x]
        size = math.prod(shape) * np.dtype(target.dtype).itemsize
        return Feed(x, shape, size, lambda: generator(shape, target.dtype, stream(seed, target.name, "input")))
    stored, label = _stored(x, target, force)
    stored.check(target.dtype)
    shape = _batched_shape(stored, target)
    casts = target.dtype not in (stored.dtype.name, dtypes.TEXT)
    size = math.prod(shape) * np.dtype(target.dtype).itemsize if casts else 0
    given = hasattr(x, "__array__") or isinstance(x, list | tuple)
    return Feed(label, shape, size + (0 if given else stored.bytes), lambda: stored.load(target.dtype).reshape(shape))


def _no_text(target: Input) -> RunError:
    return RunError(
        f"the input {target.name} is text, which cannot be made up",
        code="wrong-input",
        help="""give it as --input '[["a text"], ["another"]]' (x=), or in a .json, .npy or .npz file""",
    )


def _generated_shape(target: Input) -> tuple[int, ...]:
    """The shape of a generated array for an input: one sample, unless the batch is known."""
    if target.shape is None or None in target.shape[1:]:
        raise RunError(
            "the input cannot be made: its shape is not known",
            code="unknown-size",
            why=f"the model's input is {show(target.shape)}" if target.shape else "the model does not say its input",
            help="give every size with -s (input_shape=), or an array as the input",
        )
    return tuple(1 if dim is None else dim for dim in target.shape)


def _stored(x: Any, target: Input, force: bool) -> tuple[Stored, str]:
    """The array that ``x`` names or is, and its label."""
    if isinstance(x, list | tuple) and any(hasattr(part, "__array__") for part in x):
        x = _single(x)
    if not isinstance(x, str | os.PathLike):
        return stored.of_value(x, "the input"), "array"
    text = os.fspath(x)
    if text.lstrip()[:1] in ("[", "("):
        return stored.of_value(_literal(text), "the input"), "literal"
    if not text.lower().endswith(stored.SUFFIXES):
        raise stored.unknown_suffix(text, stored.SUFFIXES, GENERATED)
    return _named(stored.of_file(text, force=force), target, text), text


def _single(x: Sequence[Any]) -> Any:
    """The single array of a list of arrays; `RunError` for another number of arrays."""
    if len(x) != 1:
        raise RunError(
            f"the model has 1 input, and {len(x)} arrays are given",
            code="wrong-input",
            help="stack the samples into one array, along its first axis",
        )
    return x[0]


def _literal(text: str) -> Any:
    """Nested lists of numbers from a text, as Python and JSON write them; no code is run."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise RunError("the input is not a list of numbers", code="bad-array", why=why) from None


def _named(found: dict[str, Stored], target: Input, path: str) -> Stored:
    """The array of a file for an input: the only array, or the array with the input's name."""
    if target.name in found:
        return found[target.name]
    if len(found) == 1:
        return next(iter(found.values()))
    raise RunError(
        f"{path} has {len(found)} arrays, and none is called {target.name!r}",
        code="wrong-input",
        why=f"they are {', '.join(sorted(found)[:10])}" if found else None,
        help=f"keep one array in it, or name the input {target.name!r}",
    )


def _batched_shape(stored: Stored, target: Input) -> tuple[int, ...]:
    """The shape that the model gets: the array's shape, with a batch axis added where only this axis is missing."""
    want = target.shape
    shape = stored.shape
    if want is not None and len(shape) == len(want) - 1:
        shape = (1, *shape)
    if want is not None and not _matches(shape, want):
        raise RunError(
            f"{stored.label} has shape {show(stored.shape)}, and the model takes {show(want)}",
            code="wrong-input",
            help="the first axis counts the samples; -s (input_shape=) changes what the model takes",
        )
    return shape


def _matches(shape: tuple[int, ...], want: Shape) -> bool:
    return len(shape) == len(want) and all(w is None or w == n for n, w in zip(shape, want, strict=True))
