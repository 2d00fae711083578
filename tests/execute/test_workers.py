"""Worker processes give what one process gives, and are gone when they should be."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.execute import compiled as rooms
from convcalc.execute import workers as processes
from convcalc.execute.compiled import Compiled
from convcalc.execute.workers import Workers, memory
from tests.execute.test_compiled import MASKED
from tests.execute.test_joining import STACKS, moved

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system makes no copies of processes")

SMALL = "Input((9, 8, 3)) | Conv2D(16, 3, activation='relu') | Flatten() | Dense(3)"
STACKS_OF_ALL_KERNELS = {
    "winograd": "Input((21, 20, 32)) | Conv2D(64, 3, padding='same', activation='relu')",
    "winograd of few tiles": "Input((12, 12, 16)) | Conv2D(128, 3) | Conv2D(128, 3, activation='softmax')",
    "groups": "Input((9, 8, 16)) | Conv2D(32, 3, groups=4, activation='softmax')",
    "few rows": "Input((5, 5, 32)) | Conv2D(96, 3, activation='softmax') | Conv2D(64, 1) | Flatten() | Dense(300)",
    "separable": "Input((19, 8, 3)) | SeparableConv2D(16, 3, padding='same') | SeparableConv2D(16, 3, strides=2)",
    "transposed": "Input((9, 8, 3)) | Conv2DTranspose(16, 4, strides=2, activation='softmax') | Conv2DTranspose(4, 3)",
    "dilated transposed": "Input((9, 8, 3)) | Conv2DTranspose(16, 3, dilation_rate=2) | ReLU()",
    "several filters of a channel": "Input((9, 8, 3)) | DepthwiseConv2D(3, depth_multiplier=2) | Conv2D(4, 1, 2)",
    "pooling": "Input((16, 16, 8)) | Conv2D(16, 3) | MaxPooling2D() | AveragePooling2D(3, 2) | GlobalMaxPooling2D()",
    "other dimensions": "Input((9, 6, 6, 4)) | Conv3D(8, 3) | Reshape((7, 128)) | Conv1D(4, 3, padding='causal')",
    "recurrent": "Input((7, 5)) | Conv1D(8, 3) | LSTM(6, return_sequences=True) | GRU(4) | Dense(3)",
    "own activation": "Input((30, 30, 3)) | Conv2D(16, 3, activation='gelu') | Permute((2, 1, 3))",
    "masked": MASKED,
    **{name: text for name, (text, _) in STACKS.items()},
}


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers share the smallest work too, at every call."""
    monkeypatch.setattr(Workers, "worth", lambda self, size: 0)
    monkeypatch.setattr(processes, "_ALONE", 0)


@pytest.fixture
def small() -> Iterator[Compiled]:
    """A compiled stack with two workers at work."""
    with convcalc.compile(convcalc.load(SMALL), workers=3) as compiled:
        compiled()
        yield compiled


def pids(compiled: Compiled) -> list[int]:
    """The workers' processes, all of them alive."""
    assert compiled._workers
    found = [*compiled._workers._pids]
    assert found
    assert all(map(is_alive, found))
    return found


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def elsewhere(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any], *, in_workers: bool) -> None:
    """Acts before a group is computed: in the workers, or in the process that calls."""
    compute, caller = rooms.compute, os.getpid()

    def acting(*given: Any) -> Any:
        if (os.getpid() != caller) == in_workers:
            act()
        return compute(*given)

    monkeypatch.setattr(rooms, "compute", acting)


def fail(error: BaseException) -> Any:
    """Raises an error."""
    raise error


@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize("name", STACKS_OF_ALL_KERNELS)
def test_workers_give_what_one_process_gives(name: str, workers: int) -> None:
    """Call after call, of several batch sizes; what came out before stays as it was."""
    stack = convcalc.load(STACKS_OF_ALL_KERNELS[name])
    weights = moved(stack)
    alone = convcalc.compile(stack, weights=weights)
    random = np.random.default_rng(3)
    inputs = [random.integers(0, 3, (n, *(stack.input.shape or ())[1:])) for n in (2, 2, 1, 2)]
    with convcalc.compile(stack, weights=weights, workers=workers) as compiled:
        outputs = [compiled(x)[0] for x in inputs]
    for x, y in zip(inputs, outputs, strict=True):
        one = alone(x)[0]
        np.testing.assert_allclose(y, one, rtol=1e-4, atol=2e-5 * float(np.abs(one).max()))


def test_memory_is_written_anew_when_all_have_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is late with a sum of its own, as masks make it, finds there what it takes, not what comes next."""
    text = """
inputs: {words: {shape: [6], dtype: int32}, left: [6, 16], right: [6, 16]}
layers:
  - Embedding: {input_dim: 9, output_dim: 16, mask_zero: true, name: embedding, from: words}
  - Dense: {units: 16, activation: tanh, name: taken, from: left}
  - {class: Add, name: sum, from: [embedding, taken]}
  - Dense: {units: 16, name: next, from: right}
  - {class: GlobalAveragePooling1D, name: mean, from: sum}
  - Dense: {units: 16, name: last}
outputs: [next, last]
"""
    stack = convcalc.load(text)
    x = [np.arange(6)[None], np.ones((1, 6, 16)), np.full((1, 6, 16), 9)]
    expected = convcalc.compile(stack)(x)
    elsewhere(monkeypatch, lambda: time.sleep(0.02), in_workers=True)
    with convcalc.compile(stack, workers=2) as compiled:
        for one, other in zip(compiled(x), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_several_inputs_and_outputs() -> None:
    """Those that are handed through, too."""
    text = """
inputs: {left: [6, 16], right: {shape: [6], dtype: int32}}
layers:
  - Embedding: {input_dim: 9, output_dim: 16, name: embedding, from: right}
  - {class: Add, name: sum, from: [left, embedding]}
  - {class: Flatten, name: flat}
outputs: [sum, flat, left]
"""
    stack, x = convcalc.load(text), [np.arange(192).reshape(2, 6, 16), np.arange(12).reshape(2, 6) % 9]
    with convcalc.compile(stack, workers=2) as compiled:
        for one, other in zip(compiled(x), convcalc.compile(stack)(x), strict=True):
            np.testing.assert_array_equal(one, other)


def test_new_shapes_have_new_workers(small: Compiled) -> None:
    """Those for the old ones are gone."""
    before = pids(small)
    small(np.ones((2, 9, 8, 3)))
    assert not any(map(is_alive, before))
    assert pids(small)


def test_close_ends_the_workers(small: Compiled) -> None:
    """They come again when they are needed."""
    first, before = small()[0], pids(small)
    small.close()
    assert not any(map(is_alive, before))
    np.testing.assert_array_equal(small()[0], first)


def test_workers_go_with_the_object() -> None:
    """Nobody needs to close it."""
    compiled = convcalc.compile(convcalc.load(SMALL), workers=2)
    compiled()
    before = pids(compiled)
    del compiled
    assert not any(map(is_alive, before))


@pytest.mark.parametrize("end", ["kill", "leave"])
def test_workers_go_with_the_caller(end: str) -> None:
    """Also when it is killed, and can do nothing about them."""
    code = f"""
import convcalc, sys
compiled = convcalc.compile(convcalc.load({SMALL!r}), workers=3)
compiled()
print(*compiled._workers._pids, flush=True)
sys.stdin.read()
"""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], text=True, **pipes) as caller:
        found = [int(pid) for pid in caller.stdout.readline().split()]
        assert len(found) == 2
        assert all(map(is_alive, found))
        if end == "kill":
            caller.kill()
        caller.communicate(timeout=60)  # until nobody has the output open


def test_a_dead_worker_is_one_error(small: Compiled) -> None:
    """Whoever ended it; the next call has new ones."""
    first, before = small()[0], pids(small)
    os.kill(before[1], signal.SIGKILL)
    with pytest.raises(convcalc.ConvcalcError, match="worker process died") as caught:
        small()
    assert caught.value.code == "worker-died"
    assert not any(map(is_alive, before))
    np.testing.assert_array_equal(small()[0], first)


@pytest.mark.parametrize("act", [lambda: fail(MemoryError("no more")), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_failures_of_workers_reach_the_caller(act: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a call, where the others wait for them."""
    elsewhere(monkeypatch, act, in_workers=True)
    compiled = convcalc.compile(convcalc.load(SMALL), workers=3)
    with pytest.raises(convcalc.ConvcalcError, match="MemoryError: no more|something ended it"):
        compiled()
    monkeypatch.undo()
    np.testing.assert_allclose(compiled()[0], convcalc.compile(compiled.stack)()[0], rtol=1e-5)
    compiled.close()


def test_workers_leave_ctrl_c_to_the_caller(small: Compiled) -> None:
    """A terminal sends it to all of them."""
    for pid in pids(small):
        os.kill(pid, signal.SIGINT)
    small()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ArithmeticError()])
def test_failures_of_the_caller_end_the_workers(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not wait for it; Ctrl-C stops at once."""
    compiled = convcalc.compile(convcalc.load(SMALL), workers=2)
    compiled()
    before = pids(compiled)
    elsewhere(monkeypatch, lambda: fail(error), in_workers=False)
    with pytest.raises(type(error)):
        compiled()
    assert not any(map(is_alive, before))


def test_a_busy_machine_leaves_the_caller_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not wait for workers that have no processor, and gives what it gave with them, to the last bit."""
    monkeypatch.setattr(processes, "_ALONE", 3)
    elsewhere(monkeypatch, lambda: time.sleep(0.05), in_workers=True)
    with convcalc.compile(convcalc.load(SMALL), workers=2) as compiled:
        first = compiled("random")[0]
        compiled("random")
        before = pids(compiled)
        os.kill(before[0], signal.SIGKILL)
        for _ in range(3):
            np.testing.assert_array_equal(compiled("random")[0], first)
        with pytest.raises(convcalc.ConvcalcError, match="died"):
            compiled()


def test_copies_of_the_caller_have_workers_of_their_own(small: Compiled) -> None:
    """A process that the caller makes disturbs neither its workers nor its memory."""
    first, before = small()[0], pids(small)
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    copy = context.Process(target=lambda: (answers.put((small()[0], pids(small))), small.close()))
    copy.start()
    answer, others = answers.get()
    copy.join()
    np.testing.assert_array_equal(answer, first)
    assert not {*before} & {*others}
    np.testing.assert_array_equal(small()[0], first)
    assert pids(small) == before


def test_memory_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What processes share is within what is planned, as is a working memory for each."""
    made = []
    monkeypatch.setattr(rooms, "memory", lambda size: made.append(size) or memory(size))
    sizes = []
    for workers in (1, 2, 3):
        with convcalc.compile(convcalc.load(STACKS["separable"][0]), workers=workers) as compiled:
            compiled()
            sizes.append(compiled.bytes)
    assert sizes == sorted({*sizes})
    assert 0 < sum(made) < sum(sizes[1:])


def test_what_workers_cannot_do_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is planned."""
    stack = convcalc.load(SMALL)
    with pytest.raises(convcalc.ConvcalcError, match="do not go together"):
        convcalc.compile(stack, workers=2, threads=2)
    with pytest.raises(convcalc.ConvcalcError, match="text"):
        convcalc.compile(convcalc.load("Input((1,), dtype='string') | StringLookup(vocabulary=['a'])"), workers=2)
    monkeypatch.delattr(os, "fork")
    with pytest.raises(convcalc.ConvcalcError) as caught:
        convcalc.compile(stack, workers=2)
    assert caught.value.code == "no-workers"
    assert caught.value.why
    assert caught.value.help == "use threads=2"
