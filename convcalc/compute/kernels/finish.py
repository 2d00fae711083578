"""What follows a product, block by block while the block is still in the cache: the bias, then the activation."""

from __future__ import annotations

import math
from collections.abc import Callable

from convcalc.lazy import Array, np

# Limits of the activations that do nothing but cut off; `clip` is NumPy's fastest way to do it, without a copy.
_LIMITS = {"relu": (0.0, math.inf), "relu6": (0.0, 6.0)}
# The activations that need no memory.
CUTS = ("linear", *_LIMITS)
# Values of the bias repeated, so that it is added to many at once: NumPy begins anew with each row.
_REPEATED = 1 << 13


class Finish:
    """Adds ``bias`` ``(channels,)`` to blocks ``(…, channels)`` and applies ``activation``, in place."""

    def __init__(self, bias: Array | None, activation: str, function: Callable[[Array], Array]) -> None:
        self.bias = bias
        self.by_value = activation in CUTS  # whatever the filters beside
        self._repeated = None if bias is None else np.tile(bias, _REPEATED // max(len(bias), 1) or 1)
        self._limits = _LIMITS.get(activation)
        self._function = None if activation == "linear" or self._limits else function

    def __call__(self, y: Array) -> None:
        """Finishes a block."""
        if self._repeated is not None and y.flags.c_contiguous:
            _add(y.reshape(-1), self._repeated)
        elif self.bias is not None:
            np.add(y, self.bias, out=y)
        self.activate(y, y)

    def activate(self, y: Array, out: Array) -> None:
        """The activation alone, where the product has taken the bias in; ``out`` may be ``y``."""
        if self._limits:
            y.clip(*self._limits, out=out)
        elif self._function:
            out[...] = self._function(y)
        elif out is not y:
            np.copyto(out, y)


def _add(values: Array, repeated: Array) -> None:
    """Adds to every value of some rows that of a row repeated."""
    whole = len(values) // len(repeated) * len(repeated)
    for part in (values[:whole].reshape(-1, len(repeated)), values[whole:]):
        np.add(part, repeated[: part.shape[-1]], out=part)
