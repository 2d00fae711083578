"""The threads of NumPy's own products."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from convcalc.lazy import np

# How OpenBLAS's functions are called in the builds of NumPy: before and behind their names.
_BUILDS = (("scipy_", "64_"), ("scipy_", ""), ("", "64_"), ("", ""))


class Threads(NamedTuple):
    """OpenBLAS's functions that read and set its number of threads."""

    get: Callable[[], int]
    set: Callable[[int], object]


@contextmanager
def one_thread() -> Iterator[None]:
    """Within, a product is computed in one thread; processes that compute at the same time take no more each.

    Does nothing where NumPy is built with another library than OpenBLAS.
    """
    threads = openblas()
    before = threads.get() if threads else 1
    if threads is None or before == 1:
        yield
        return
    threads.set(1)
    try:
        yield
    finally:
        threads.set(before)


@cache
def openblas() -> Threads | None:
    """The functions of the library that NumPy has loaded; None where it is another one."""
    from ctypes import CDLL

    np.linalg  # noqa: B018 (loads it)
    try:
        library = CDLL(sys.modules["numpy.linalg._umath_linalg"].__file__)
    except (KeyError, OSError):
        return None
    for before, behind in _BUILDS:
        get, set = (f"{before}openblas_{name}_num_threads{behind}" for name in ("get", "set"))
        if hasattr(library, get) and hasattr(library, set):
            return Threads(getattr(library, get), getattr(library, set))
    return None
