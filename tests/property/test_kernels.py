"""The kernels compute what the plain products compute, on random shapes, in the memory that they say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcalc.compute.activations import ACTIVATIONS
from convcalc.compute.kernels import choice, pooling
from convcalc.compute.kernels.choice import Case, kernel, needs
from convcalc.compute.kernels.finish import Finish
from convcalc.compute.kernels.pooling import Pool, Pooling
from convcalc.compute.kernels.team import Threads
from convcalc.compute.kernels.winograd import Winograd
from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import ByChannel, Convolution, Diagonal, Linear, Matrix, Separable, Streamed, Transposed
from convcalc.compute.padding import pad
from convcalc.compute.pooling import average_pool, max_pool
from convcalc.sizes.windows import Upsampler, Window
from tests.tolerance import amplified, of_sum

NAMES = ("linear", "relu", "relu6", "tanh", "softmax")


def noise(draw: Any, *shape: int) -> Any:
    """Normal values of a drawn seed, in a drawn precision."""
    return np.random.default_rng(draw(st.integers(0, 2**32))).standard_normal(shape)


@st.composite
def windows(draw: Any, rank: int) -> list[Window]:
    """One window for each axis, of one padding."""
    stride, dilation = draw(st.sampled_from([(1, 1), (1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (2, 2)]))
    padding = draw(st.sampled_from(["valid", "same", "causal", (2, 1)]))
    square = draw(st.sampled_from([None, 1, 3, 5]))
    return [Window(square or draw(st.integers(1, 6)), stride, dilation, padding) for _ in range(rank)]


@st.composite
def convolutions(draw: Any) -> tuple[Linear, Any]:
    """A convolution and an input."""
    rank, groups = draw(st.integers(1, 3)), draw(st.sampled_from([1, 1, 1, 2, 4]))
    channels, filters = (groups * draw(st.sampled_from([1, 2, 3, 8, 16, 48])) for _ in range(2))
    axes = draw(windows(rank))
    sizes = [draw(st.integers(1, (30, 20, 6)[rank - 1])) for _ in range(rank)]
    x = noise(draw, draw(st.integers(1, 3)), *sizes, channels)
    taps = [axis.size for axis in axes]
    return Convolution(noise(draw, *taps, channels // groups, filters), noise(draw, filters), axes, groups), x


@st.composite
def tiled(draw: Any) -> tuple[Linear, Any]:
    """A convolution that is large enough for Winograd's tiles, and an input."""
    taps, dilation = draw(st.sampled_from([3, 3, 3, 5])), draw(st.sampled_from([1, 1, 1, 2, 3]))
    padding = draw(st.sampled_from(["valid", "same", (2, 1)]))
    channels, filters = (draw(st.sampled_from([16, 17, 32, 64])) for _ in range(2))
    least = 12 * dilation + 2 * taps
    sizes = [draw(st.integers(least, least + draw(st.sampled_from([3, 20])))) for _ in range(2)]
    x = noise(draw, draw(st.integers(1, 3)), *sizes, channels)
    windows = [Window(taps, 1, dilation, padding)] * 2
    return Convolution(noise(draw, taps, taps, channels, filters), noise(draw, filters), windows), x


@st.composite
def by_channel(draw: Any) -> tuple[Linear, Any]:
    """A depthwise convolution and an input."""
    rank, channels, multiplier = draw(st.integers(1, 2)), draw(st.integers(1, 9)), draw(st.sampled_from([1, 1, 2]))
    axes = draw(windows(rank))
    x = noise(draw, draw(st.integers(1, 3)), *(draw(st.integers(1, 20)) for _ in range(rank)), channels)
    kernel = noise(draw, *(axis.size for axis in axes), channels, multiplier)
    return ByChannel(kernel, noise(draw, channels * multiplier), axes), x


@st.composite
def separable(draw: Any) -> tuple[Linear, Any]:
    """A depthwise convolution with a product behind it, and an input."""
    channels, filters = draw(st.integers(1, 30)), draw(st.sampled_from([1, 3, 64, 96]))
    axes = draw(windows(2))
    x = noise(draw, draw(st.integers(1, 3)), draw(st.integers(1, 60)), draw(st.integers(1, 60)), channels)
    first = ByChannel(noise(draw, *(axis.size for axis in axes), channels, 1), noise(draw, channels), axes)
    second = Convolution(noise(draw, 1, 1, channels, filters), noise(draw, filters), [Window(1)] * 2)
    return Separable(first, second), x


@st.composite
def transposed(draw: Any) -> tuple[Linear, Any]:
    """A transposed convolution and an input."""
    rank, padding = draw(st.integers(1, 3)), draw(st.sampled_from(["valid", "same"]))
    stride, dilation = draw(st.sampled_from([(1, 1), (2, 1), (3, 1), (1, 2)]))
    extra = draw(st.sampled_from([None, *range(stride)]))
    axes = [Upsampler(draw(st.integers(1, 7)), stride, dilation, padding, extra) for _ in range(rank)]
    channels, filters = draw(st.sampled_from([1, 3, 16])), draw(st.sampled_from([1, 4, 16]))
    x = noise(draw, draw(st.integers(1, 2)), *(draw(st.integers(1, 7)) for _ in range(rank)), channels)
    return Transposed(noise(draw, *(axis.size for axis in axes), filters, channels), noise(draw, filters), axes), x


@st.composite
def others(draw: Any) -> tuple[Linear, Any]:
    """A matrix or a diagonal, and an input."""
    channels, filters = draw(st.sampled_from([7, 40, 300, 400])), draw(st.sampled_from([1, 64, 96, 144]))
    around = [draw(st.integers(1, 5)) for _ in range(draw(st.integers(0, 2)))]
    x = noise(draw, *around, draw(st.sampled_from([1, 30, 60, 201, 1501])), channels)
    if draw(st.booleans()):
        return Matrix(noise(draw, channels, filters), noise(draw, filters)), x
    return Diagonal(noise(draw, channels), noise(draw, channels)), x


class Eager(Workspace):
    """Threads share the smallest work too."""

    def block_size(self, count: int, most: int, least: int) -> int:
        """Whatever the least."""
        return super().block_size(count, most, 1)


def computed(linear: Linear, x: Any, name: str, threads: int, **how: bool) -> tuple[Any, Any, Any]:
    """The kernel's output, the plain one, and the kernel; what it took of its workspace is within its needs."""
    plain = ACTIVATIONS[name](linear.product(x) + linear.bias)
    workspace = Eager(Threads(threads))
    first = getattr(linear, "first", linear)
    between = Finish(first.bias, "linear", ACTIVATIONS["linear"])
    case = Case(Finish(linear.bias, name, ACTIVATIONS[name]), x.shape, plain.shape, workspace, **how, between=between)
    made = kernel(linear, case)
    out = np.full(plain.shape, np.nan, x.dtype)
    made(x, out)
    wanted = needs(linear, case)
    assert all(buffer.size <= wanted[name] for name, buffer in workspace.buffers.items())
    return out, plain, made


def each(linear: Linear, function: Callable[[Any], Any]) -> Linear:
    """The same with a function of every array."""
    arrays = {name: function(value) for name, value in vars(linear).items() if isinstance(value, np.ndarray)}
    parts = {name: each(value, function) for name, value in vars(linear).items() if isinstance(value, Linear)}
    return linear._with(**arrays, **parts)


def rounding(linear: Linear, x: Any, made: Any, dtype: str) -> Any:
    """The error of each output before the activation: of a sum, and of Winograd's tiles where it computes them."""
    magnitude = each(linear, np.abs).product(np.abs(x)) + (0 if linear.bias is None else np.abs(linear.bias))
    terms = each(linear, np.ones_like).product(np.ones_like(x)).max()
    growth = amplified(made.taps, made.tiling.side) if isinstance(made, Winograd) else 1
    return growth * of_sum(terms, magnitude, dtype)


FAMILIES = {kind.__name__: kind() for kind in (convolutions, tiled, by_channel, separable, transposed, others)}


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(NAMES), st.integers(1, 3), st.booleans(), st.booleans())
def test_kernels_compute_the_plain_product(
    family: str, data: st.DataObject, name: str, threads: int, once: bool, exact: bool
) -> None:
    """In float64 to rounding, with bias and activation, in any threads; in float32 within the bound of the kernel."""
    linear, x = data.draw(FAMILIES[family])
    axes = getattr(linear, "axes", getattr(getattr(linear, "first", linear), "windows", ()))
    assume(all((axis.out(n) or 0) > 0 for axis, n in zip(axes, x.shape[1:], strict=False)))
    out, plain, made = computed(linear, x, name, threads, once=once, exact=exact)
    # Both are rounded, and softmax doubles what it is given.
    np.testing.assert_allclose(out, plain, rtol=0, atol=4 * rounding(linear, x, made, "float64").max())
    single = each(linear, lambda value: value.astype("float32"))
    out, _, made = computed(single, x.astype("float32"), "linear", threads, once=once, exact=exact)
    assert family != "tiled" or once or exact or isinstance(made, Winograd)
    reference = linear.product(x) + linear.bias
    assert (np.abs(out - reference) <= rounding(linear, x, made, "float32")).all()


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 40), st.integers(1, 9))
def test_a_streamed_product_is_the_plain_one(data: st.DataObject, channels: int, filters: int) -> None:
    """A matrix that is drawn block by block, of two rows each, gives what the whole matrix gives."""
    x, matrix, bias = noise(data.draw, 3, channels), noise(data.draw, channels, filters), noise(data.draw, filters)

    def fresh() -> Streamed:
        rest = iter(matrix)
        return Streamed(np.empty_like(matrix), bias, lambda out: [np.copyto(row, next(rest)) for row in out])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("convcalc.compute.kernels.streamed._BLOCK", 1)
        out, plain = np.empty((3, filters)), fresh().product(x) + bias
        kernel(fresh(), Case(Finish(bias, "linear", ACTIVATIONS["linear"]), x.shape, out.shape, Workspace()))(x, out)
    np.testing.assert_allclose(plain, x @ matrix + bias, atol=1e-12)
    np.testing.assert_allclose(out, plain, rtol=0, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.booleans())
def test_folding_a_scale_is_scaling_the_output(drawn: tuple[Linear, Any], biased: bool) -> None:
    """Scale and shift folded into kernel and bias give the scaled and shifted output."""
    linear, x = drawn
    assume(all((axis.out(n) or 0) > 0 for axis, n in zip(linear.windows, x.shape[1:], strict=False)))
    linear = linear if biased else linear._with(bias=None)
    channels = linear.kernel.shape[-1]
    scale, shift = np.random.default_rng(channels).standard_normal((2, channels))
    folded = linear.scaled(scale, shift)
    y = linear.product(x) + (linear.bias if biased else 0)
    off = np.abs(folded.product(x) + folded.bias - (y * scale + shift))
    assert (off <= 2 * rounding(linear, x, None, "float64") * np.abs(scale) + of_sum(1, np.abs(shift), "float64")).all()


@st.composite
def pools(draw: Any) -> tuple[Pool, Any]:
    """A pooling and an input, some with zeros around."""
    rank, padding = draw(st.integers(1, 3)), draw(st.sampled_from(["valid", "same"]))
    axes = [Window(draw(st.integers(1, 6)), draw(st.integers(1, 4)), padding=padding) for _ in range(rank)]
    zeros = [(draw(st.integers(0, 4)), draw(st.integers(0, 4))) if draw(st.booleans()) else (0, 0) for _ in axes]
    sizes = [draw(st.integers(1, (400, 30, 9)[rank - 1])) for _ in axes]
    full = [n + sum(around) for n, around in zip(sizes, zeros, strict=True)]
    assume(all((axis.out(n) or 0) > 0 for axis, n in zip(axes, full, strict=True)))
    lengths = [axis.out(n) or 0 for axis, n in zip(axes, full, strict=True)]
    x = noise(draw, draw(st.integers(1, 5)), *sizes, draw(st.sampled_from([1, 3, 64])))
    x = x.astype(draw(st.sampled_from(["float32", "float64"])))
    y = (len(x), *lengths, x.shape[-1])
    return Pool(axes, zeros, draw(st.booleans()), x.shape, y, x.dtype), x


def plainly(pool: Pool, x: Any) -> Any:
    """Zeros put around the input, then the plain pooling."""
    padded = pad(x, pool.zeros)
    sizes, strides = ([getattr(window, what) for window in pool.windows] for what in ("size", "stride"))
    own = [window.pads(n) or (0, 0) for window, n in zip(pool.windows, padded.shape[1:-1], strict=True)]
    return (average_pool if pool.mean else max_pool)(padded, sizes, strides, own)


@settings(max_examples=300, deadline=None)
@given(pools(), st.integers(1, 3))
def test_pooling_is_the_plain_one(drawn: tuple[Pool, Any], threads: int) -> None:
    """Maxima to the bit, means to rounding, in any threads and in no more memory than it says."""
    pool, x = drawn
    workspace, out = Eager(Threads(threads)), np.full(pool.y, np.nan, x.dtype)
    Pooling(pool, workspace)([x], out)
    plain = plainly(pool, x)
    if pool.mean:
        cells = math.prod(window.size for window in pool.windows)
        np.testing.assert_allclose(out, plain, rtol=0, atol=2 * of_sum(cells, np.abs(x).max(), x.dtype))
    else:
        np.testing.assert_array_equal(out, plain)
    needed = pooling.needs(pool)
    assert all(buffer.size <= needed[name] for name, buffer in workspace.buffers.items())


def test_every_row_of_the_table_is_taken() -> None:
    """Each row has a case that it is the first to fit."""
    assert [row.why for row in choice.TABLE] == list(dict.fromkeys(row.why for row in choice.TABLE))
    taken = {choice._row(linear, case).why for linear, case in _cases()}
    assert taken == {row.why for row in choice.TABLE}


def _cases() -> list[tuple[Linear, Case]]:
    image, one = (1, 60, 60, 16), [Window(1)] * 2
    three, up = [Window(3)] * 2, [Upsampler(3, 2)] * 2
    linears = [
        Diagonal(np.ones(16)),
        Matrix(np.ones((16, 4))),
        Streamed(np.ones((16, 4)), None, lambda out: None),
        Convolution(np.ones((1, 1, 16, 4)), None, one),
        Convolution(np.ones((3, 3, 16, 16)), None, three),
        Convolution(np.ones((3, 3, 16, 4)), None, three),
        ByChannel(np.ones((3, 3, 16, 1)), None, three),
        ByChannel(np.ones((3, 3, 16, 2)), None, three),
        Separable(ByChannel(np.ones((3, 3, 16, 1)), None, three), Convolution(np.ones((1, 1, 16, 4)), None, one)),
        Transposed(np.ones((3, 3, 4, 16)), None, up),
        Transposed(np.ones((3, 3, 4, 16)), None, [Upsampler(3, 1, 2)] * 2),
    ]
    finish = Finish(None, "linear", ACTIVATIONS["linear"])
    return [(one, Case(finish, image, (1, 58, 58, 16), Workspace())) for one in linears]


def test_needs_look_at_no_values() -> None:
    """What a kernel of a terabyte needs is told without one."""
    kernel = np.broadcast_to(np.float32(0), (3, 3, 1 << 18, 1 << 18))
    shape = (1, 100, 100, 1 << 18)
    linear = Convolution(kernel, None, [Window(3, padding="same")] * 2)
    case = Case(Finish(None, "linear", ACTIVATIONS["linear"]), shape, shape, Workspace())
    assert needs(linear, case)["weights"] == 36 * math.prod(kernel.shape[2:]) * 4
