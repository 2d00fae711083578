"""What a plan asks of a layer: what it may join with the neighbours, and the memory that computing takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convcalc.lazy import Array
from convcalc.sizes.shapes import Shape

if TYPE_CHECKING:
    from convcalc.compute.linear import Linear


class Joinable:
    """A layer as the kernels see it. All is said of arrays ``(batch, *spatial, channels)``."""

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """The products that it consists of, one after the other, before its activation; none for other layers."""
        return ()

    @property
    def is_linear(self) -> bool:
        """Whether it consists of products."""
        return type(self).linear is not Joinable.linear

    def scales(self, x: Shape) -> bool:
        """Whether all that it does is to scale and shift every channel."""
        return False

    def scale_and_shift(self, w: Sequence[Array]) -> tuple[Array, Array]:
        """Scale and shift of every channel, of a layer that `scales`."""
        raise NotImplementedError

    @property
    def applies(self) -> str | None:
        """The name of the activation function, where applying one is all that it does."""
        return None

    @property
    def surrounds(self) -> Sequence[tuple[int, int]] | None:
        """Zeros before and after every spatial axis, where adding them is all that it does."""
        return None

    @property
    def pools(self) -> str | None:
        """``maximum`` or ``mean``, where taking it of each of its windows is all that it does."""
        return None

    @property
    def adds(self) -> bool:
        """Whether it is the sum of its inputs."""
        return False

    def scratch(self, *shapes: Shape) -> int:
        """Values held while computing, on inputs of these shapes, beside copies of input and output."""
        return 0
