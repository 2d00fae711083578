"""What layers of images share: a batch may be missing, so that axes are not turned at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import Layer
from convcalc.layers import _arguments as a
from convcalc.layers.preprocessing import real
from convcalc.lazy import Array, np

value_range: Any = arg(t.pair, default=(0, 255), doc="least and largest value of the images")


class _Image(Layer):
    """A layer that changes images in training; at inference too, where it has a `changed` of its own.

    Keras's shape rules look at no rank: images have 3 axes, or 4 with a batch, when values are computed.
    """

    call = Accepts("data")
    acts_in_training = True
    extras = {"bounding_box_format": arg(t.anything, default=None, doc="format of boxes that come with the images")}
    # The same with what Keras passes on to the base of all these layers, where the kind does not name it.
    further = {**extras, "data_format": a.data_format}
    data_format: str

    @property
    def is_channels_first(self) -> bool:
        """False: the rules see shapes as they are."""
        return False

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """`of_batch` of images, or of one alone."""
        if x.ndim not in (3, 4):
            raise ValueError(f"an image has 3 axes, or 4 with a batch; this one has {x.ndim}")
        return self.of_batch(x) if x.ndim == 4 else self.of_batch(x[None])[0]

    def of_batch(self, x: Array) -> Array:
        """`changed` of a batch, channels last."""
        if self.data_format != "channels_first":
            return self.changed(x)
        return np.moveaxis(self.changed(np.moveaxis(x, 1, -1)), -1, 1)

    def changed(self, x: Array) -> Array:
        """What becomes of images (batch, height, width, channels) at inference: nothing but real numbers."""
        return real(x, self.dtype)
