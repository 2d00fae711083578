"""What a layer makes of an input shape: output, weights, products."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from convcalc.errors import ShapeError
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Dim, Shape, product, show
from convcalc.sizes.windows import Axis


class Weight:
    """One variable of a layer, in Keras's order and by Keras's name.

    ``dims`` says what each size of ``shape`` is. ``ones`` are the first and the end of the cells that
    begin at 1 whatever the initializer: an LSTM's forget gate (Jozefowicz et al. 2015, PMLR 37). ``scope`` names
    the layer inside a layer that the weight belongs to, such as ``forward_layer``. ``of`` is the weight that this one
    shows in another state, frozen for example.
    """

    __slots__ = ("dims", "dtype", "initializer", "name", "of", "ones", "scope", "shape", "trainable")

    def __init__(
        self,
        name: str,
        shape: tuple[int, ...],
        initializer: Any,
        *,
        dims: tuple[str, ...],
        trainable: bool = True,
        dtype: str | None = None,
        ones: tuple[int, int] = (0, 0),
    ) -> None:
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.dims = dims
        self.trainable = trainable
        self.dtype = dtype
        self.ones = ones
        self.scope = ""
        self.of: Weight | None = None

    @property
    def path(self) -> str:
        """The name, behind the names of the layers around the weight: ``forward_layer/kernel``."""
        return f"{self.scope}/{self.name}" if self.scope else self.name

    @property
    def params(self) -> int:
        """The number of values."""
        return product(self.shape) or 0


def scoped(scope: str, weights: Iterable[Weight]) -> tuple[Weight, ...]:
    """The weights of a layer inside another, where it is ``scope``.

    As in Keras they train where the inner layer does, whether or not the layer around it is frozen.
    """
    found = tuple(map(copy, weights))  # equal layers on equal inputs share their weights
    for weight in found:
        weight.scope = f"{scope}/{weight.scope}" if weight.scope else scope
    return found


class Inferred:
    """What a layer makes of its input shape: output shape, weights, MACs, one `Axis` per spatial axis.

    ``more`` are the shapes of further outputs, such as the states of a recurrent layer.
    """

    __slots__ = ("axes", "macs", "more", "output", "weights")

    def __init__(
        self,
        output: Shape,
        weights: tuple[Weight, ...],
        macs: tuple[Product, ...],
        axes: tuple[Axis, ...],
        more: tuple[Shape, ...] = (),
    ) -> None:
        self.output = output
        self.more = more
        self.weights = weights
        self.macs = macs
        self.axes = axes

    @property
    def params(self) -> int:
        """The number of values in all weights."""
        return sum(weight.params for weight in self.weights)

    @property
    def total_macs(self) -> Dim:
        """The sum of the products; None when one is unknown."""
        values = [product.value for product in self.macs]
        return None if None in values else sum(value or 0 for value in values)

    def __repr__(self) -> str:
        macs = "unknown" if self.total_macs is None else f"{self.total_macs:,}"
        return f"{show(self.output)}  {self.params:,} params  {macs} MACs"


def size_along(x: Shape, axis: int) -> Dim:
    """The size of an input along an axis, as its argument ``axis`` says; `ShapeError` where there is no such axis."""
    if not -len(x) <= axis < len(x):
        raise ShapeError(
            f"there is no axis {axis}",
            code="no-axis",
            argument="axis",
            why=f"its input is {show(x)}, with the batch as axis 0",
            help=f"use an axis from {-len(x)} to {len(x) - 1}",
        )
    return x[axis]


def known(dim: Dim, what: str) -> int:
    """A size that a weight needs; `ShapeError` when it is unknown, as in Keras."""
    if dim is None:
        raise ShapeError(
            f"{what} is unknown, and a weight's shape depends on it",
            code="unknown-size",
            help="give every size that a weight needs; None only passes through layers without weights",
        )
    return dim
