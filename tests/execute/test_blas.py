"""NumPy's own products take one thread where processes share the work."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.execute import compiled as rooms
from convcalc.execute.blas import one_thread, openblas

BUILT_WITH = np.show_config("dicts")["Build Dependencies"]["blas"]["name"]


@pytest.fixture
def two() -> Any:
    """OpenBLAS's functions, set to two threads for a test."""
    threads = openblas()
    if threads is None:
        assert "openblas" not in BUILT_WITH
        pytest.skip(f"NumPy is built with {BUILT_WITH}")
    before = threads.get()
    threads.set(2)
    yield threads
    threads.set(before)


def test_the_number_comes_back(two: Any) -> None:
    """Whatever happens within."""
    with one_thread():
        assert two.get() == 1
    assert two.get() == 2
    with pytest.raises(ArithmeticError), one_thread():
        raise ArithmeticError
    assert two.get() == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system makes no copies of processes")
def test_workers_take_one_thread_each(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calling process too, for as long as a call lasts: an error in any of them fails the call."""
    compute = rooms.compute

    def checked(*given: object) -> object:
        assert two.get() == 1
        return compute(*given)

    monkeypatch.setattr(rooms, "compute", checked)
    with convcalc.compile(convcalc.load("Input((4,)) | Dense(3)"), workers=2) as compiled:
        compiled()
    assert two.get() == 2


def test_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no OpenBLAS nothing is set."""
    openblas.cache_clear()
    monkeypatch.delitem(sys.modules, "numpy.linalg._umath_linalg")
    with one_thread():
        assert openblas() is None
    openblas.cache_clear()
