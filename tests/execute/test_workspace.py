"""Threads share the blocks of a kernel: all of them, each once, and errors come through."""

from __future__ import annotations

import math
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.compute.kernels.team import Threads
from convcalc.compute.kernels.workspace import Workspace


@settings(max_examples=200)
@given(st.integers(1, 4), st.integers(1, 1000), st.integers(1, 300), st.integers(1, 300))
def test_threads_have_the_same_number_of_blocks(threads: int, count: int, most: int, least: int) -> None:
    """No block is larger than allowed, none is made smaller than is worth a thread, and no more of them than even."""
    size = Workspace(Threads(threads)).block_size(count, most, least)
    assert size <= most
    assert size == most or size >= least
    turns = [math.ceil(math.ceil(count / each) / threads) for each in (size, most)]
    assert turns[0] == turns[1]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_every_block_is_computed_once(threads: int) -> None:
    """Also where work is shared out within shared work."""
    workspace, done = Workspace(Threads(threads)), []
    workspace.each(lambda row: workspace.each(lambda column: done.append((row, column)), range(5)), range(7))
    assert sorted(done) == [(row, column) for row in range(7) for column in range(5)]


@pytest.mark.parametrize("alone", [True, False])
def test_an_error_in_any_thread_ends_the_work(alone: bool) -> None:
    """Whichever thread meets it; no thread goes on behind."""
    workspace, both, done = Workspace(Threads(2)), threading.Barrier(2), []

    def work(block: int) -> None:
        if block < 2:
            both.wait(5)
        if (threading.current_thread() is threading.main_thread()) == alone:
            raise ArithmeticError
        done.append(block)

    with pytest.raises(ArithmeticError):
        workspace.each(work, range(1_000_000))
    assert len(done) < 1_000_000 - 2
