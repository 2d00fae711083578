"""Shapes: tuples of sizes, batch first, where None is unknown; and the arithmetic that keeps None."""

from __future__ import annotations

from collections.abc import Iterable

Dim = int | None
Shape = tuple[Dim, ...]


def product(dims: Iterable[Dim]) -> Dim:
    """The product of sizes; None as soon as one is unknown."""
    total = 1
    for dim in dims:
        if dim is None:
            return None
        total *= dim
    return total


def broadcast(x: Shape, y: Shape) -> Shape | None:
    """The shape of two arrays combined value by value, as NumPy broadcasts; None where sizes clash.

    An unknown size becomes the other size, unless the other size is 1 (Keras's ``broadcast_shapes``).
    """
    rank = max(len(x), len(y))
    pairs = list(zip(*((1,) * (rank - len(shape)) + shape for shape in (x, y)), strict=True))
    if any(len({*pair} - {None, 1}) > 1 for pair in pairs):
        return None
    return tuple(next((n for n in pair if n not in (None, 1)), None if None in pair else 1) for pair in pairs)


def alike(x: Shape, y: Shape) -> bool:
    """Whether both may be the same shape: they have as many axes, and no two known sizes differ."""
    return len(x) == len(y) and all(n == m or None in (n, m) for n, m in zip(x, y, strict=True))


def zeroed(shape: Shape) -> tuple[int, ...]:
    """The shape with 0 in place of every unknown size."""
    return tuple(n or 0 for n in shape)


def show(shape: Shape) -> str:
    """``(None, 7, 2)``: a shape as Keras prints it."""
    return str(tuple(shape))


def parse(text: str) -> Shape:
    """A shape as people type it: ``10,3``, ``10x3``, ``(10, 3)``; ``None`` or ``?`` for an unknown size.

    Raises ValueError for anything else.
    """
    inside = text.strip()
    if inside[:1] + inside[-1:] in ("()", "[]"):
        inside = inside[1:-1].strip()
    if not inside:
        raise ValueError("no size is given")
    # A comma may end a shape, as Python's (10,) has one; an x stands between two sizes.
    return tuple(_dim(word.strip()) for word in inside.removesuffix(",").replace("x", ",").split(","))


def _dim(word: str) -> Dim:
    if word in ("None", "?", "null"):
        return None
    if not word:
        raise ValueError("a size is missing")
    if not word.isdecimal():
        raise ValueError(f"{word!r} is not a size")
    return int(word)


def channels_last(shape: Shape) -> Shape:
    """``(batch, channels, *spatial)`` to ``(batch, *spatial, channels)``."""
    return (shape[0], *shape[2:], shape[1])


def channels_first(shape: Shape) -> Shape:
    """``(batch, *spatial, channels)`` to ``(batch, channels, *spatial)``."""
    return (shape[0], shape[-1], *shape[1:-1])
