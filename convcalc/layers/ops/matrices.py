"""Products of matrices and vectors: matmul, dot, tensordot, einsum and the like; attention, which is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.compute.activations import softmax
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Inferred
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers.ops.binary import OfTwo
from convcalc.layers.ops.operands import FRACTION, PROMOTED, Operation, need_rank, place, together
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Dim, Shape, product, show


def _wide(*given: str) -> str:
    """The dtype of a sum of products: of numbers of 8 bits one of 32."""
    return "int32" if set(given) == {"int8"} else dtypes.promoted(*given)


def _unfit(x: Shape, y: Shape, why: str) -> ShapeError:
    return ShapeError(f"{show(x)} and {show(y)} do not multiply", code="broadcast", why=why)


class _Products(Operation):
    """Sums of products of two operands."""

    positions = Positions(move=True)
    signature = Signature("x1", "x2", least=1, most=2)
    gives = PROMOTED
    x1: Any = arg(t.operand, default=None, doc="the first operand, where it is no tensor")
    x2: Any = arg(t.operand, default=None, doc="the second operand, where it is no tensor")

    def summed(self, shapes: Sequence[Shape]) -> Dim:
        """The number of products in each sum."""
        return shapes[0][-1] if shapes[0] and shapes[1] else 1

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Output values × the number of products in each."""
        yield Product("matmul", ("output values", product(y[1:])), ("summed", self.summed(shapes)))


class Matmul(_Products):
    """The product of matrices, the last two axes of either operand, ``x @ y``."""

    gives = staticmethod(_wide)

    def joined(self, *shapes: Shape) -> Shape:
        """The axes before broadcast, then the rows of the first and the columns of the second.

        A vector is one row or one column, which the output lacks.
        """
        x, y = shapes
        if not x or not y:
            raise _unfit(x, y, "a number is no matrix")
        one, two = (1, *x) if len(x) == 1 else x, (*y, 1) if len(y) == 1 else y
        if len({one[-1], two[-2]} - {None}) > 1:
            raise _unfit(x, y, "the last size of the first is the last but one of the second")
        rows, columns = () if len(x) == 1 else one[-2:-1], () if len(y) == 1 else two[-1:]
        return (*together(one[:-2], two[:-2]), *rows, *columns)


class Dot(_Products):
    """The last axis of the first operand summed over with the last but one of the second."""

    def joined(self, *shapes: Shape) -> Shape:
        """The sizes of both without the axis; a number multiplies every value."""
        x, y = shapes
        if not x or not y:
            return together(x, y)
        at = max(len(y) - 2, 0)
        if None not in (x[-1], y[at]) and x[-1] != y[at] and not len(x) == len(y) == 1:
            raise _unfit(x, y, "the last size of the first is the last but one of the second")
        if len(y) == 1 < len(x) and x[-1] != y[0]:
            raise _unfit(x, y, "the last size of the first is the size of the second")
        return (*x[:-1], *y[:at], *y[at + 1 :])


class Inner(_Products):
    """The last axes of both operands summed over."""

    def joined(self, *shapes: Shape) -> Shape:
        """The sizes of both without their last; a number multiplies every value."""
        x, y = shapes
        if not x or not y:
            return (*x, *y)
        if len({x[-1], y[-1]} - {None}) > 1:
            raise _unfit(x, y, "their last sizes are equal")
        return (*x[:-1], *y[:-1])


class Vdot(_Products):
    """The sum of the products of all values."""

    def joined(self, *shapes: Shape) -> Shape:
        """One number."""
        return ()

    def summed(self, shapes: Sequence[Shape]) -> Dim:
        """The number of values."""
        return product(shapes[0])


class Outer(OfTwo):
    """All products of values of the one with values of the other."""

    positions = Positions(move=True)

    def joined(self, *shapes: Shape) -> Shape:
        """The numbers of values."""
        return tuple(map(product, shapes))


class Tensordot(_Products):
    """Both operands summed over some axes of either."""

    axes_: Any = arg(
        t.Either(t.whole, t.ListOf(t.indices, "", 2, 2), words="an integer, or the axes of either"),
        default=2,
        doc="how many last and first axes, or which axes of either",
    )

    def _places(self, x: Shape, y: Shape) -> tuple[list[int], list[int]]:
        if isinstance(self.axes_, int):
            many = max(self.axes_, 0)
            return list(range(max(len(x) - many, 0), len(x))), list(range(min(many, len(y))))
        left, right = self.axes_
        return [place(axis, x) for axis in left], [place(axis, y) for axis in right]

    def joined(self, *shapes: Shape) -> Shape:
        """The sizes of both without the axes."""
        x, y = shapes
        left, right = self._places(x, y)
        unequal = [(x[i], y[j]) for i, j in zip(left, right, strict=False) if len({x[i], y[j]} - {None}) > 1]
        if not isinstance(self.axes_, int) and (unequal or len(left) != len(right)):
            raise _unfit(x, y, "the axes that are summed over have equal sizes")
        kept = [n for at, n in enumerate(x) if at not in left], [n for at, n in enumerate(y) if at not in right]
        return (*kept[0], *kept[1])

    def summed(self, shapes: Sequence[Shape]) -> Dim:
        """The number of products in each sum."""
        x, y = shapes
        return product(x[at] for at in self._places(x, y)[0])

    def work(self, *operands: Array) -> Array:
        """The sums."""
        x, y = operands
        return np.asarray(np.tensordot(x, y, self.axes_))


class Cross(OfTwo):
    """The vector that is at right angles to two, of vectors of 2 or 3 numbers."""

    positions = Positions(move=True)
    axisa: int = arg(t.whole, default=-1, doc="where the numbers of the first stand")
    axisb: int = arg(t.whole, default=-1, doc="where the numbers of the second stand")
    axisc: int = arg(t.whole, default=-1, doc="where the numbers of the output stand")
    axis: Any = arg(t.whole, default=None, doc="where all of them stand")

    def _axes(self) -> tuple[int, int, int]:
        return (self.axisa, self.axisb, self.axisc) if self.axis is None else (self.axis,) * 3

    def joined(self, *shapes: Shape) -> Shape:
        """The other sizes broadcast, with 3 numbers; without them for two vectors of 2."""
        ends = list(zip(shapes, self._axes(), strict=False))
        sizes = [shape[place(axis, shape)] for shape, axis in ends]
        if any(n not in (None, 2, 3) for n in sizes):
            raise _unfit(shapes[0], shapes[1], "vectors have 2 or 3 numbers")
        rest = (tuple(n for at, n in enumerate(shape) if at != place(axis, shape)) for shape, axis in ends)
        whole = together(*rest)
        if 3 not in sizes:
            return whole
        at = place(self._axes()[2], (*whole, 3))
        return (*whole[:at], 3, *whole[at:])

    def work(self, *operands: Array) -> Array:
        """The vectors."""
        x, y = operands
        return np.asarray(np.cross(x, y, *self._axes()))


class CDist(Operation):
    """The distances between the rows of two matrices."""

    positions = Positions(move=True)
    signature = Signature("x", "y", least=1, most=2)
    gives = FRACTION
    x: Any = arg(t.operand, default=None, doc="the first rows, where they are no tensor")
    y: Any = arg(t.operand, default=None, doc="the second rows, where they are no tensor")

    def joined(self, *shapes: Shape) -> Shape:
        """The numbers of rows, behind the axes before, broadcast."""
        x, y = shapes
        need_rank(self.kind, x, 2)
        need_rank(self.kind, y, 2)
        if len({x[-1], y[-1]} - {None}) > 1:
            raise _unfit(x, y, "their last sizes are equal")
        return (*together(x[:-2], y[:-2]), x[-2], y[-2])

    def work(self, *operands: Array) -> Array:
        """The distances."""
        x, y = operands
        return np.asarray(np.sqrt(((x[..., :, None, :] - y[..., None, :, :]) ** 2).sum(-1)))


class Einsum(Operation):
    """Einstein's sums, such as ``"bij,bjk->bik"``."""

    positions = Positions(move=True)
    signature = Signature("operands", most=None)
    takes = ("subscripts", "operands")
    starred = True
    gives = staticmethod(_wide)
    subscripts: str = arg(t.word, doc="letters of the axes of all operands, and of the output")

    def check(self) -> None:
        """Letters, dots, commas and one arrow at the most."""
        if not re.fullmatch(r"[a-zA-Z.,]*(->[a-zA-Z.]*)?", self.subscripts):
            message = f"{self.subscripts!r} is no equation of axes"
            raise ArgumentError(message, code="equation", argument="subscripts", help="such as 'bij,bjk->bik'")

    def infer(self, *shapes: Shape) -> Inferred:
        """The sizes of the output's letters; `ShapeError` where the letters do not fit the operands."""
        self.count(shapes)
        left, arrow, right = self.subscripts.partition("->")
        terms = left.split(",")
        if len(terms) != len(shapes):
            raise ShapeError(f"{self.subscripts!r} is for {len(terms)} tensors, got {len(shapes)}", code="input-count")
        sizes: dict[str, Dim] = {}
        front: Shape = ()
        for term, shape in zip(terms, shapes, strict=True):
            front = together(front, self._named(term, shape, sizes))
        letters = right if arrow else "..." + "".join(sorted(c for c in sizes if left.count(c) == 1))
        lone = set(letters) - {*sizes, "."}
        if lone:
            raise ShapeError(f"{min(lone)!r} of the output is in no operand", code="equation", argument="subscripts")
        before, dots, after = letters.partition("...")
        y = (*(sizes[c] for c in before), *(front if dots else ()), *(sizes[c] for c in after))
        lost = [size for letter, size in sizes.items() if letter not in letters]
        return Inferred(y, (), (Product("einsum", ("output values", product(y[1:])), ("summed", product(lost))),), ())

    def _named(self, term: str, shape: Shape, sizes: dict[str, Dim]) -> Shape:
        """The sizes behind ``...``; the sizes of the letters are added to ``sizes``."""
        before, dots, after = term.partition("...")
        many = len(before) + len(after)
        if len(shape) < many or (not dots and len(shape) != many):
            raise ShapeError(f"{term!r} does not name the axes of {show(shape)}", code="wrong-rank")
        end = len(shape) - len(after)
        for letter, size in [*zip(before, shape, strict=False), *zip(after, shape[end:], strict=True)]:
            known = sizes.setdefault(letter, size)
            (sizes[letter],) = together((known,), (size,))
        return shape[len(before) : end]

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The sums."""
        return np.asarray(np.einsum(self.subscripts, *inputs))


class DotProductAttention(Operation):
    """Attention of queries to keys, with several heads: ``(batch, steps, heads, size)``."""

    positions = Positions(move=True)
    signature = Signature("query", "key", "value", least=3, most=3, tensors=("bias", "mask", "scale"))
    gives = PROMOTED
    scale: Any = arg(t.number, default=None, doc="factor of the scores")
    is_causal: bool = arg(t.flag, default=False, doc="whether a query sees the keys up to its own place only")
    flash_attention: Any = arg(t.anything, default=None, doc="how to compute it")
    attn_logits_soft_cap: Any = arg(t.number, default=None, doc="the bound of the scores")

    def infer(self, *shapes: Shape) -> Inferred:
        """The queries' shape."""
        self.count(shapes)
        for shape in shapes:
            need_rank(self.kind, shape, 4, 4)
        (_, steps, heads, size), (_, keys, _, _) = shapes[0], shapes[1]
        scores = Product("scores", ("queries × keys", product((steps, keys))), ("heads × size", product((heads, size))))
        return Inferred(shapes[0], (), (scores, scores), ())

    def apply(self, weights: Sequence[Array], *inputs: Array, **given: Array) -> Array:
        """The means of the values, weighted by scores."""
        query, key, value = (x.swapaxes(1, 2) for x in inputs)
        factor = given.get("scale", self.scale)
        scores = query @ key.swapaxes(-1, -2) * (1 / np.sqrt(query.shape[-1]) if factor is None else factor)
        if self.attn_logits_soft_cap:
            scores = np.tanh(scores / self.attn_logits_soft_cap) * self.attn_logits_soft_cap
        if "bias" in given:
            scores = scores + given["bias"]
        keep = given.get("mask", np.ones((1, 1, 1, 1), bool)).astype(bool)
        if self.is_causal:
            keep = keep & np.tril(np.ones(scores.shape[-2:], bool))
        scores = np.where(keep, scores, np.asarray(np.finfo(scores.dtype).min, scores.dtype))
        return np.ascontiguousarray((softmax(scores) @ value).swapaxes(1, 2))
