"""The end of a kernel: the bias, then the activation, on each block while the block is still in the cache.

Other libraries call this an epilogue.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from convcalc.lazy import Array, np

# Limits of the activations that only clip; NumPy's `clip` is the fastest way, and makes no copy.
_LIMITS = {"relu": (0.0, math.inf), "relu6": (0.0, 6.0)}
# The activations that need no memory of their own.
IN_PLACE = ("linear", *_LIMITS)
# Values of the repeated bias: NumPy adds one long row faster than many short ones.
_REPEATED = 1 << 13


class Finish:
    """Adds ``bias`` ``(channels,)`` to blocks ``(…, channels)`` and applies ``activation``, in place."""

    def __init__(self, bias: Array | None, activation: str, function: Callable[[Array], Array]) -> None:
        self.bias = bias
        self.is_elementwise = activation in IN_PLACE  # so that some filters can be finished without the others
        self._repeated = None if bias is None else np.tile(bias, _REPEATED // max(len(bias), 1) or 1)
        self._limits = _LIMITS.get(activation)
        self._function = None if activation == "linear" or self._limits else function

    def __call__(self, y: Array) -> None:
        """Adds the bias to a block, and applies the activation."""
        if self._repeated is not None and y.flags.c_contiguous:
            _add(y.reshape(-1), self._repeated)
        elif self.bias is not None:
            np.add(y, self.bias, out=y)
        self.activate(y, y)

    def activate(self, y: Array, out: Array) -> None:
        """Writes the activation of ``y``, without the bias, into ``out``, which may be ``y``."""
        if self._limits:
            y.clip(*self._limits, out=out)
        elif self._function:
            out[...] = self._function(y)
        elif out is not y:
            np.copyto(out, y)


def _add(values: Array, repeated: Array) -> None:
    """Adds a repeated row to flat ``values``, whose length is a multiple of the row's."""
    whole = len(values) // len(repeated) * len(repeated)
    for part in (values[:whole].reshape(-1, len(repeated)), values[whole:]):
        np.add(part, repeated[: part.shape[-1]], out=part)
