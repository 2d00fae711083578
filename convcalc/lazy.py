"""NumPy, loaded at its first use: `summary` and `import convcalc` never pay for it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any


class LazyModule:
    """A stand-in that imports its module when an attribute is first asked for."""

    def __init__(self, name: str) -> None:
        self.__name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(importlib.import_module(self.__name), attribute)
        setattr(self, attribute, value)  # the next look-up skips this method
        return value


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    np = LazyModule("numpy")
    Array = Any

# NumPy for calls whose many overloads no type checker can tell apart.
untyped: Any = np

__all__ = ["Array", "np", "untyped"]
