"""The layers at the heart of any model: the input, Dense, and what only passes values on."""

from __future__ import annotations

from typing import Any

from convcalc import types as t
from convcalc.errors import ArgumentError
from convcalc.layer import Layer, arg
from convcalc.shapes import Dim, Shape


class InputLayer(Layer):
    """A model's input.

    >>> InputLayer((10, 3)).on(10, 3)
    (None, 10, 3)  0 params  0 MACs
    """

    aliases = ("Input",)
    built_at_init = True
    shape: Shape | None = arg(t.dims, default=None, doc="sizes without the batch")
    batch_size: int | None = arg(t.positive, default=None, doc="number of samples in a batch")
    dtype: str = arg(t.policy, default="float32", doc="dtype of the input")
    sparse: Any = arg(t.anything, default=None, doc="whether the input is sparse")
    ragged: Any = arg(t.anything, default=None, doc="whether the input is ragged")
    batch_shape: Shape | None = arg(t.dims, default=None, doc="sizes with the batch first")
    input_tensor: Any = arg(t.anything, default=None, doc="a tensor to use instead")
    optional: bool = arg(t.flag, default=False, doc="whether it may be left out")

    def check(self) -> None:
        """One of shape and batch_shape, and the batch only once."""
        if (self.shape is None) == (self.batch_shape is None):
            raise ArgumentError(
                "an input needs either shape or batch_shape",
                code="input-shape",
                help="write Input((10, 3)): the sizes without the batch",
            )
        if self.batch_shape is not None and self.batch_size is not None:
            raise ArgumentError("batch_shape already gives the batch size", code="input-shape", argument="batch_size")

    @property
    def sizes(self) -> Shape:
        """The shape without the batch."""
        return self.batch_shape[1:] if self.batch_shape is not None else self.shape or ()

    @property
    def batch(self) -> Dim:
        """The batch size; None when it is open."""
        return self.batch_shape[0] if self.batch_shape else self.batch_size
