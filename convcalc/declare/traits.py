"""What a kind says of itself as a value: where Keras has it, what becomes of masks and positions, what it joins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from convcalc.lazy import Array


class Home(NamedTuple):
    """The module where Keras has a kind, and what stands before the kind's name where a kind is asked for."""

    module: str = "keras.layers"
    prefix: str = ""


class Masks(NamedTuple):
    """What a kind does with the masks of its inputs.

    ``passes``: its output may have a mask, as the rule `Layer.mask` says. ``makes``: its output may have a mask where
    its inputs have none. ``minds``: its `Layer.apply` takes the masks of its inputs, which are no arguments of the
    call. ``takes_off``: Keras takes the masks off its inputs for good, and goes by the mask of the first input.
    """

    passes: bool = False
    makes: bool = False
    minds: bool = False
    takes_off: bool = False


class Positions(NamedTuple):
    """How positions of the output belong to positions of the input.

    ``move``: positions are rearranged, so that axes cannot be followed through the layer. ``see_all``: each value of
    the output sees the whole input, as after Flatten.
    """

    move: bool = False
    see_all: bool = False


class Simple(NamedTuple):
    """The one simple thing that a layer does, if it does no more: what a kernel can do together with its neighbours.

    All is said of arrays ``(batch, *spatial, channels)``. ``applies`` is the name of an activation function.
    ``surrounds`` are the zeros before and after every spatial axis. ``pools`` is ``maximum`` or ``mean``, of windows.
    ``adds`` says that the output is the sum of the inputs. ``scales`` gives, for the layer's weights, the scale and
    the shift of every channel.
    """

    applies: str | None = None
    surrounds: Sequence[tuple[int, int]] | None = None
    pools: str | None = None
    adds: bool = False
    scales: Callable[[Sequence[Array]], tuple[Array, Array]] | None = None
