"""The memory of a run is known before any of it is allocated, and is what a run then takes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convcalc import load
from convcalc.errors import RunError
from convcalc.execute import run
from convcalc.execute.feed.inputs import feed
from convcalc.execute.plan import memory
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan
from convcalc.script import Given, Script
from convcalc.stack.build import build
from tests.execute.stacks import call, conv, nested, stack


def test_an_input_counts_once_for_the_file_and_once_for_the_cast(tmp_path: Path) -> None:
    """An array of the right dtype allocates nothing; another dtype, its copy; a file, its values too."""
    model = stack(conv()).input
    np.save(tmp_path / "x.npy", np.ones((10, 3)))
    assert feed(np.ones((10, 3), "float32"), model, 0).bytes == 0
    assert feed(np.ones((10, 3)), model, 0).bytes == 120
    assert feed(str(tmp_path / "x.npy"), model, 0).bytes == 120 + 240
    assert feed("ones", model, 0).bytes == 120


def planned(model: Any, keep: Any = (), **keeping: Any) -> Program:
    """The program of a run on ones."""
    shape = tuple(dim or 1 for dim in model.input.shape)
    return Program(Plan(model, [shape], 4 * int(np.prod(shape))), keep, **keeping)


def measured(work: Callable[[], Any]) -> int:
    """Bytes allocated at the peak of some work, done once before so that imports do not count."""
    work()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


IMAGE = (64, 64, 16)
LAYERS = {
    "plain": call("Conv2D", filters=16, kernel_size=3),
    "to few channels": call("Conv2D", filters=4, kernel_size=3, padding="same"),
    "to many channels": call("Conv2D", filters=64, kernel_size=3, padding="same"),
    "groups": call("Conv2D", filters=16, kernel_size=3, groups=4),
    "strides": call("Conv2D", filters=16, kernel_size=3, strides=2),
    "wide padding": call("Conv2D", filters=4, kernel_size=3, padding="same", dilation_rate=30),
    "channels first": call(
        "Conv2D", filters=4, kernel_size=3, padding="same", dilation_rate=30, data_format="channels_first"
    ),
    "gelu": call("Conv2D", filters=16, kernel_size=3, activation="gelu"),
    "silu": call("Conv2D", filters=16, kernel_size=3, activation="silu"),
    "depthwise": call("DepthwiseConv2D", kernel_size=3, depth_multiplier=2),
    "separable": call("SeparableConv2D", filters=64, kernel_size=3),
    "upsampled": call("Conv2DTranspose", filters=16, kernel_size=5, strides=2, padding="same"),
    "cropped": call("Conv2DTranspose", filters=128, kernel_size=3, padding="same", dilation_rate=100),
    "max pooling": call("MaxPooling2D", pool_size=3, strides=1, padding="same"),
    "average pooling": call("AveragePooling2D", pool_size=4, strides=2),
    "weights": call("Conv2D", filters=800, kernel_size=64),
    "float64": call("Conv2D", filters=16, kernel_size=3, dtype="float64"),
}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_a_layer_takes_what_was_planned(layer: Any) -> None:
    """The plan is an upper bound of what NumPy allocates, and at most four times as much."""
    model = stack(layer, shape=IMAGE)
    peak = measured(lambda: run(model, force=True))
    assert peak < planned(model).bytes < 4 * peak


OTHERS = {
    "batch normalization": call("BatchNormalization"),
    "layer normalization": call("LayerNormalization"),
    "global pooling": call("GlobalAveragePooling2D"),
    "upsampling": call("UpSampling2D", size=3, interpolation="bilinear"),
    "padding": call("ZeroPadding2D", padding=20),
    "dense": call("Dense", units=64, activation="softmax"),
    "sparsemax": call("Activation", activation="sparsemax"),
    "flatten": call("Flatten"),
}


RECURRENT = {
    "recurrent": call("LSTM", units=64),
    "recurrent, wide": call("GRU", units=400),
    "recurrent, every time step": call("SimpleRNN", units=300, return_sequences=True),
    "both directions": call("Bidirectional", layer=call("LSTM", units=200), merge_mode="sum"),
    "cells": call("RNN", cell=call("StackedRNNCells", cells=[call("LSTMCell", units=n) for n in (300, 20)])),
}


@pytest.mark.parametrize("layer", RECURRENT.values(), ids=RECURRENT)
def test_time_steps_take_no_more_than_was_planned(layer: Any) -> None:
    """What recurrent layers hold at a time step is planned, and at most six times as much."""
    model = build(Script([layer], batch_size=Given(400)), input_shape=(3, 20))
    peak = measured(lambda: run(model, force=True))
    assert peak < planned(model).bytes < 6 * peak


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_convolutions_over_time_take_no_more_than_was_planned(data_format: str) -> None:
    """The kernels of a ConvLSTM are planned, and at most six times as much."""
    model = stack(call("ConvLSTM2D", filters=12, kernel_size=5, data_format=data_format), shape=(4, 32, 40, 36))
    peak = measured(lambda: run(model, force=True))
    assert peak < planned(model).bytes < 6 * peak


ATTENDING = {
    "heads": ("MultiHeadAttention, num_heads: 4, key_dim: 32", 300),
    "heads, causal": ("MultiHeadAttention, num_heads: 4, key_dim: 32, call: {use_causal_mask: true}", 2000),
    "heads, gated": ("MultiHeadAttention, num_heads: 2, key_dim: 9, value_dim: 40, use_gate: true", 300),
    "heads, scores": ("MultiHeadAttention, num_heads: 4, key_dim: 9, call: {return_attention_scores: true}", 300),
    "grouped": ("GroupedQueryAttention, head_dim: 16, num_query_heads: 8, num_key_value_heads: 2", 300),
    "products": ("Attention, call: {use_causal_mask: true}", 600),
    "sums": ("AdditiveAttention", 300),
}


@pytest.mark.parametrize(("layer", "length"), ATTENDING.values(), ids=ATTENDING)
def test_attention_takes_no_more_than_was_planned(layer: str, length: int) -> None:
    """Scores of all queries and keys are planned where they are held, and at most six times as much."""
    model = load(f"inputs: {{x: [{length}, 32]}}\nlayers:\n  - {{class: {layer}, from: [x, x]}}\n")
    peak = measured(lambda: run(model, force=True))
    assert peak < planned(model).bytes < 6 * peak


@pytest.mark.parametrize("layer", OTHERS.values(), ids=OTHERS)
def test_no_layer_takes_more_than_was_planned(layer: Any) -> None:
    """Between convolutions the plan is generous, and an upper bound."""
    model = stack(layer, shape=IMAGE)
    assert measured(lambda: run(model, force=True)) < planned(model).bytes


def test_weights_are_not_all_there_at_once() -> None:
    """Each layer's weights are made when it needs them and dropped after, unless they are kept."""
    layers = [call("Conv2D", filters=256, kernel_size=8, padding="same") for _ in range(8)]
    model = stack(*layers, shape=(2, 2, 256))
    each = 256 * 256 * 64 * 4
    assert measured(lambda: run(model)) < 2 * each
    assert planned(model).bytes < 2 * each
    assert measured(lambda: run(model, keep_weights=True)) > 8 * each
    assert planned(model, keep_weights=True).bytes > 8 * each


def test_kept_activations_are_counted() -> None:
    """What is kept takes its place until the end."""
    model = stack(*(conv(filters=3, padding="same", activation="relu") for _ in range(9)), shape=(10_000, 3))
    each = 10_000 * 3 * 4
    grown = planned(model, keep={step.name for step in planned(model).plan.steps}).bytes - planned(model).bytes
    assert grown == 6 * each  # the ninth is the output, and of the others two are there at once in any case


def test_what_cannot_fit_is_refused_before_it_is_allocated() -> None:
    """Ten terabytes of output are an error that names both amounts, and allocate next to nothing."""
    model = stack(call("Conv2D", filters=100_000, kernel_size=3), shape=(5000, 5000, 3))
    tracemalloc.start()
    try:
        with pytest.raises(RunError, match=r"the run needs [\d.]+ TB of memory, and .+ are available") as caught:
            run(model)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()
    assert caught.value.code == "too-large"
    assert "layer 1, conv2d (Conv2D)" in str(caught.value.why)


def test_force_tries_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forced, a run that should not fit is made."""
    monkeypatch.setattr(memory, "available", lambda: 100)
    with pytest.raises(RunError, match="100 bytes are available"):
        run(stack(conv()))
    assert run(stack(conv()), force=True).outputs[0].shape == (1, 7, 2)


def test_an_allocation_that_fails_is_an_error() -> None:
    """Where even trying fails, the error says what was needed."""
    model = stack(call("Conv2D", filters=1, kernel_size=3), shape=(10**8, 10**8, 3))  # no address space has room
    with pytest.raises(RunError, match="memory did not suffice") as caught:
        run(model, force=True)
    assert caught.value.code == "too-large"


def test_a_large_file_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An input file counts before it is loaded; a JSON text by its size."""
    np.save(tmp_path / "x.npy", np.ones((100, 10, 3)))
    (tmp_path / "x.json").write_text("[" + "1," * 10**5 + "1]")
    monkeypatch.setattr(memory, "available", lambda: 20_000)
    with pytest.raises(RunError, match=r"19\.5 KB are available"):
        run(stack(conv()), str(tmp_path / "x.npy"))
    with pytest.raises(RunError, match="reading .*x.json needs"):
        run(stack(conv()), str(tmp_path / "x.json"))


@pytest.mark.parametrize("dtype", ["bfloat16", "mixed_bfloat16"])
def test_a_dtype_that_numpy_lacks_is_refused(dtype: str) -> None:
    """The refusal names the layer and the dtypes that can be run."""
    with pytest.raises(RunError, match="cannot compute in") as caught:
        run(stack(conv(dtype=dtype)))
    assert caught.value.code == "unsupported-dtype"
    assert "'float16', 'float32' or 'float64'" in str(caught.value.help)


GIB = 1 << 30


def system(root: Path, files: dict[str, str]) -> str:
    """A folder that stands for ``/``."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return str(root)


MEMINFO = {"proc/meminfo": f"MemTotal: 99999999 kB\nMemAvailable: {8 * GIB // 1024} kB\n"}
SYSTEMS: dict[str, tuple[dict[str, str], int]] = {
    "no groups": (MEMINFO, 8),
    "group without a limit": (
        MEMINFO
        | {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "0\n"},
        8,
    ),
    "limit less use, cached files given back": (
        MEMINFO
        | {
            "proc/self/cgroup": "0::/job\n",
            "sys/fs/cgroup/job/memory.max": f"{4 * GIB}\n",
            "sys/fs/cgroup/job/memory.current": f"{3 * GIB}\n",
            "sys/fs/cgroup/job/memory.stat": f"anon {2 * GIB}\ninactive_file {GIB}\n",
        },
        2,
    ),
    "limit of a parent": (
        MEMINFO
        | {
            "proc/self/cgroup": "0::/slice/job\n",
            "sys/fs/cgroup/slice/memory.max": f"{3 * GIB}\n",
            "sys/fs/cgroup/slice/memory.current": "0\n",
            "sys/fs/cgroup/slice/job/memory.max": f"{6 * GIB}\n",
            "sys/fs/cgroup/slice/job/memory.current": "0\n",
        },
        3,
    ),
    "version 1": (
        MEMINFO
        | {
            "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/job\n",
            "sys/fs/cgroup/memory/job/memory.limit_in_bytes": f"{2 * GIB}\n",
            "sys/fs/cgroup/memory/job/memory.usage_in_bytes": f"{GIB}\n",
        },
        1,
    ),
    "already over its limit": (
        MEMINFO
        | {
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": f"{GIB}\n",
            "sys/fs/cgroup/memory.current": f"{2 * GIB}\n",
        },
        0,
    ),
}


@pytest.mark.parametrize(("files", "gib"), SYSTEMS.values(), ids=SYSTEMS)
def test_available_memory_on_linux(files: dict[str, str], gib: int, tmp_path: Path) -> None:
    """The kernel's estimate, or what is left in the tightest control group above the process."""
    assert memory.available(system(tmp_path, files)) == gib * GIB


def test_available_memory_elsewhere(tmp_path: Path) -> None:
    """Without /proc, free pages as sysconf counts them; None where it does not."""
    there = memory.available(str(tmp_path))
    assert there is None or there > 0


def test_an_unknown_amount_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not say, a run is tried."""
    monkeypatch.setattr(memory, "available", lambda: None)
    memory.require(1 << 80, "the run", "", force=False)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KB"), (GIB, "1.0 GB"), (10**16, "9,094.9 TB")]
)
def test_sizes_are_shown_in_their_unit(size: int, text: str) -> None:
    """1024 to the step, one decimal."""
    assert memory.show(size) == text


def test_steps_open_nested_models() -> None:
    """A nested layer's name begins with its model's, whose output is that of its last layer."""
    steps = planned(stack(conv(), nested("tower", conv(kernel_size=1), nested("top", conv(kernel_size=1))))).plan.steps
    assert [step.names for step in steps] == [
        ["conv1d"],
        ["tower/conv1d_1"],
        ["tower/top/conv1d_2", "tower/top", "tower"],
    ]
