"""The NumPy core: plain functions on channels-last arrays; it knows no layer, no file, no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    # Floating-point, of shape (batch, *spatial, channels) unless a docstring says otherwise.
    Array: TypeAlias = NDArray[Any]
