"""Layers computed together give what they give one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import convcalc
from convcalc.execute.plan.groups import grouped
from convcalc.execute.plan.program import Program
from convcalc.execute.plan.steps import Plan
from tests.tolerance import allowed

RESIDUAL = """
name: residual
inputs: {image: [33, 31, 16]}
layers:
  - ZeroPadding2D: {padding: 1, name: pad}
  - Conv2D: {filters: 16, kernel_size: 3, use_bias: false, name: first}
  - BatchNormalization: {name: norm}
  - {ReLU: {name: cut}}
  - Conv2D: {filters: 16, kernel_size: 3, padding: same, name: second}
  - BatchNormalization: {name: norm2, center: false}
  - {class: Add, name: sum, from: [norm2, image]}
  - Activation: {activation: relu, name: ends}
"""
BOTTLENECK = """
name: bottleneck
inputs: {image: [12, 11, 16]}
layers:
  - Conv2D: {filters: 24, kernel_size: 1, strides: 2, name: other}
  - BatchNormalization: {name: norm0}
  - Conv2D: {filters: 8, kernel_size: 1, strides: 2, activation: relu, from: image, name: first}
  - Conv2D: {filters: 24, kernel_size: 1, name: second}
  - BatchNormalization: {name: norm}
  - {class: Add, name: sum, from: [norm0, norm]}
  - Activation: {activation: relu, name: ends}
  - Dense: {units: 24, name: dense}
  - {class: Add, name: sum2, from: [dense, ends]}
  - Dense: {units: 24, activation: tanh, name: bent}
  - {class: Add, name: sum3, from: [bent, sum2]}
  - Conv2D: {filters: 24, kernel_size: 3, padding: same, name: wide}
  - {class: Add, name: sum4, from: [wide, sum3]}
"""
BROADCAST = """
inputs: {image: [4, 3, 6]}
layers:
  - Dense: {units: 6, name: all}
  - GlobalAveragePooling2D: {keepdims: true, name: pool}
  - Dense: {units: 6, name: one}
  - {class: Add, name: sum, from: [all, one]}
  - {class: Add, name: sum2, from: [one, sum]}
  - {class: Add, name: sum3, from: [sum2, sum2]}
"""
PRECISE = """
inputs: {image: [4, 3, 6]}
layers:
  - Dense: {units: 6, name: dense}
  - {class: Add, name: sum, from: [image, dense], dtype: float64}
"""
TWICE = """
inputs: {image: [9, 8, 3]}
layers:
  - Conv2D: {filters: 4, kernel_size: 3, name: conv}
  - BatchNormalization: {name: norm}
  - {class: Add, name: sum, from: [norm, conv]}
"""
STACKS = {
    "residual": (RESIDUAL, ["pad first norm cut", "second norm2", "sum ends"]),
    "bottleneck": (
        BOTTLENECK,
        ["first", "second norm", "other norm0 sum ends", "dense sum2", "bent", "sum3", "wide", "sum4"],
    ),
    "sums that broadcast": (BROADCAST, ["all", "pool", "one", "sum", "sum2", "sum3"]),
    "a sum of another precision": (PRECISE, ["dense", "sum"]),
    "norm first": (
        "Input((9, 8, 3)) | BatchNormalization() | BatchNormalization(scale=False) | ReLU(6) | Conv2D(4, 3)",
        ["batch_normalization batch_normalization_1 re_lu", "conv2d"],
    ),
    "depthwise": (
        "Input((9, 8, 3)) | ZeroPadding2D(((0, 1), (2, 1))) | DepthwiseConv2D(3, strides=2) | BatchNormalization()"
        " | ReLU(6.0)",
        ["zero_padding2d depthwise_conv2d batch_normalization re_lu"],
    ),
    "separable": (
        "Input((9, 8, 3)) | ZeroPadding2D() | SeparableConv2D(16, 3) | BatchNormalization() | Activation('softmax')"
        " | ReLU()",
        ["zero_padding2d separable_conv2d batch_normalization activation", "re_lu"],
    ),
    "own activation": (
        "Input((9, 3)) | Conv1D(16, 3, activation='tanh') | BatchNormalization() | ReLU(max_value=2)",
        ["conv1d", "batch_normalization", "re_lu"],
    ),
    "transposed": (
        "Input((9, 8, 3)) | Conv2DTranspose(16, 4, strides=2) | BatchNormalization() | ReLU() | Flatten() | Dense(3)",
        ["conv2d_transpose batch_normalization re_lu", "flatten", "dense"],
    ),
    "padded twice": (
        "Input((9, 8, 3)) | ZeroPadding2D() | Conv2D(16, 3, padding='same') | Dense(4) | BatchNormalization(axis=1)",
        ["zero_padding2d conv2d", "dense", "batch_normalization"],
    ),
    "half precision": (
        "Input((9, 8, 3)) | Conv2D(16, 3, dtype='float16') | BatchNormalization(dtype='float16')",
        ["conv2d", "batch_normalization"],
    ),
    "two precisions": (
        "Input((9, 8, 3)) | Conv2D(16, 3) | BatchNormalization(dtype='float64')",
        ["conv2d", "batch_normalization"],
    ),
    "pooled": (
        "Input((9, 8, 3)) | ZeroPadding2D() | MaxPooling2D(3, 2) | ReLU() | ZeroPadding2D(((0, 3), (2, 1)))"
        " | AveragePooling2D(3, 1, 'same') | BatchNormalization() | MaxPooling2D(2, 1, 'same')",
        ["zero_padding2d max_pooling2d", "re_lu", "zero_padding2d_1 average_pooling2d", "batch_normalization"]
        + ["max_pooling2d_1"],
    ),
    "used twice": (TWICE, ["conv", "norm", "sum"]),
    "channels first": (
        "Input((3, 9, 8)) | Conv2D(16, 3, data_format='channels_first') | BatchNormalization(axis=1)"
        " | ZeroPadding2D(data_format='channels_first') | MaxPooling2D(data_format='channels_first')",
        ["conv2d", "batch_normalization", "zero_padding2d", "max_pooling2d"],
    ),
}


def moved(stack: Any) -> dict[str, Any]:
    """Random weights: kernels of either sign, so small that values stay about 1; the rest positive as variances are."""
    steps = Plan(stack, [(2, *(stack.input.shape or ())[1:])], 0).steps
    rng = np.random.default_rng(5)
    return {
        f"{step.name}/{weight.path}": rng.standard_normal(weight.shape) / math.prod(weight.shape[:-1]) ** 0.5
        if "kernel" in weight.name
        else rng.uniform(0.5, 1.5, weight.shape)
        for step in steps
        for weight in step.inferred.weights
    }


def error(stack: Any, x: Any) -> float:
    """How far two runs on these weights may be apart where their sums are in another order."""
    shape = x.shape if hasattr(x, "shape") else (1, *(stack.input.shape or ())[1:])
    dtypes = [step.dtype for step in Plan(stack, [shape], 0).steps]
    return allowed(
        lambda weights: convcalc.run(stack, x, weights=weights).outputs,
        moved(stack),
        *dtypes,
        sides=2,
    )[0]


@pytest.mark.parametrize(("text", "groups"), STACKS.values(), ids=STACKS)
def test_joined_layers_compute_what_each_computes(text: str, groups: list[str]) -> None:
    """Which layers are joined is as it should be; and the output is that of a run which keeps every activation."""
    stack = convcalc.load(text)
    plan = Plan(stack, [(2, *(stack.input.shape or ())[1:])], 0)
    assert [" ".join(step.name for step in group.steps) for group in grouped(plan, ())] == groups
    x = np.random.default_rng(1).standard_normal((2, *(stack.input.shape or ())[1:]))
    joined = convcalc.run(stack, x, weights=moved(stack)).outputs[0]
    alone = convcalc.run(stack, x, weights=moved(stack), keep_all=True).outputs[0]
    np.testing.assert_allclose(joined, alone, rtol=0, atol=error(stack, x))


def test_sums_broadcast() -> None:
    """Inputs of a sum may have axes of 1, in any batch."""
    stack = convcalc.load("inputs: {a: [5, 3], b: [1, 3]}\nlayers:\n  - {class: Add, name: sum, from: [a, b]}\n")
    a, b = (np.random.default_rng(1).standard_normal((2, n, 3), np.float32) for n in (5, 1))
    np.testing.assert_array_equal(convcalc.run(stack, [a, b]).outputs[0], a + b)


def test_what_is_seen_is_computed() -> None:
    """An activation that is kept is that of its layer, and ends the group."""
    stack = convcalc.load(RESIDUAL)
    kept = convcalc.run(stack, "random", weights=moved(stack), keep=["norm", "sum"])
    whole = convcalc.run(stack, "random", weights=moved(stack), keep_all=True)

    def values(weights: Any) -> list[Any]:
        trace = convcalc.run(stack, "random", weights=weights, keep_all=True)
        return [trace[name] for name in ("norm", "sum")]

    for name, off in zip(("norm", "sum"), allowed(values, moved(stack), sides=2), strict=True):
        np.testing.assert_allclose(kept[name], whole[name], rtol=0, atol=off)
    assert (kept["norm"] < 0).any()
    assert [layer.name for layer in kept.layers] == [layer.name for layer in whole.layers]


def test_buffers_are_used_again_only_when_nobody_needs_them() -> None:
    """A long chain with a shortcut around it takes three buffers, and its values are those of a run without any."""
    layers = "".join(
        f"  - Conv2D: {{filters: 16, kernel_size: 3, padding: same, name: c{at}}}\n  - Flatten: {{name: f{at}}}\n"
        f"  - Reshape: {{target_shape: [8, 8, 16], name: r{at}}}\n"
        for at in range(6)
    )
    last = "  - {class: Add, name: sum, from: [r5, c0]}\n  - Conv2D(2, 3)\n"
    stack = convcalc.load(f"inputs: {{x: [8, 8, 16]}}\nlayers:\n{layers}{last}")
    assert len(Program(Plan(stack, [(1, 8, 8, 16)], 0)).buffers.sizes) == 3
    joined = convcalc.run(stack, "random", weights=moved(stack)).outputs[0]
    alone = convcalc.run(stack, "random", weights=moved(stack), keep_all=True).outputs[0]
    np.testing.assert_allclose(joined, alone, rtol=0, atol=error(stack, "random"))
