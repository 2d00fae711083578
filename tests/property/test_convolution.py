"""Identities of the convolutions, as arrays: linear adjoints, groups, batches, the place of the channels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcalc.compute.convolution import convolve, convolve_transposed, depthwise
from convcalc.declare.layer import Layer
from convcalc.errors import ConvcalcError
from convcalc.layers import FAMILIES, find
from convcalc.sizes.windows import Upsampler, Window
from tests.tolerance import of_sum, terms

_FAMILIES = ("conv", "conv_transpose", "conv_depthwise")
CONVOLUTIONS = [name for family in _FAMILIES for name in FAMILIES[family].split()]
KINDS = sorted({find(name) for name in CONVOLUTIONS}, key=lambda kind: kind.__name__)
SMALL = st.integers(1, 3)
RANK = st.integers(1, 3)
QUICK = settings(max_examples=60, deadline=None)


def noise(seed: int, *shape: int) -> Any:
    """Normal values, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal(shape)


def close(one: Any, other: Any, x: Any, *weights: Any) -> None:
    """Equal to the rounding of both: sums of products of the largest values, through all weights in turn."""
    counts = [terms([weight]) for weight in weights]
    magnitude = np.abs(x).max() * math.prod(n * np.abs(w).max() for n, w in zip(counts, weights, strict=True))
    np.testing.assert_allclose(one, other, rtol=0, atol=2 * of_sum(sum(counts), magnitude, "float64"))


@st.composite
def axes(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], list[int], str]:
    """Size, stride and dilation of up to three axes, a length for each, and a padding."""
    rank = draw(RANK)
    triples = [(draw(SMALL), draw(SMALL), draw(SMALL)) for _ in range(rank)]
    lengths = [draw(st.integers(1, 4)) for _ in range(rank)]
    return triples, lengths, draw(st.sampled_from(["valid", "same"]))


@QUICK
@given(axes(), SMALL, SMALL, st.integers(0, 99))
def test_transposed_is_the_adjoint(drawn: Any, channels: int, filters: int, seed: int) -> None:
    """⟨conv(x), y⟩ = ⟨x, convT(y)⟩ for the same kernel, whatever stride, dilation and padding."""
    triples, lengths, padding = drawn
    ups = [Upsampler(*triple, padding) for triple in triples]
    windows = [Window(*triple, padding) for triple in triples]
    y = noise(seed, 2, *lengths, filters)
    kernel = noise(seed + 1, *(size for size, *_ in triples), channels, filters)
    back = convolve_transposed(y, kernel, ups)
    x = noise(seed + 2, *back.shape)
    magnitude = np.vdot(convolve(np.abs(x), np.abs(kernel), windows), np.abs(y))
    error = 2 * of_sum(y.size * terms([kernel]), magnitude, "float64")
    np.testing.assert_allclose(np.vdot(convolve(x, kernel, windows), y), np.vdot(x, back), rtol=0, atol=error)


@QUICK
@given(axes(), SMALL, st.integers(0, 99))
def test_depthwise_is_grouped(drawn: Any, multiplier: int, seed: int) -> None:
    """A depthwise convolution is a grouped one with a group for every channel."""
    triples, lengths, _ = drawn
    windows = [Window(*triple, "same") for triple in triples]
    x, channels = noise(seed, 2, *lengths, 3), 3
    kernel = noise(seed + 1, *(size for size, *_ in triples), channels, multiplier)
    grouped = kernel.reshape(*kernel.shape[:-2], 1, channels * multiplier)
    close(depthwise(x, kernel, windows), convolve(x, grouped, windows, groups=channels), x, kernel)


@QUICK
@given(st.sampled_from([1, 2]), SMALL, SMALL, st.sampled_from(["valid", "same"]), st.integers(0, 99))
def test_separable_is_depthwise_then_pointwise(rank: int, size: int, stride: int, padding: str, seed: int) -> None:
    """A separable convolution is a depthwise layer and a convolution of one tap after it."""
    x = noise(seed, 2, *(7, 6)[:rank], 3)
    kernel, point, bias = noise(seed, *(size,) * rank, 3, 2), noise(seed + 1, *(1,) * rank, 6, 4), noise(seed + 2, 4)
    arguments: dict[str, Any] = {"strides": stride, "padding": padding, "depth_multiplier": 2}
    whole = find(f"SeparableConv{rank}D")(4, size, **arguments).apply((kernel, point, bias), x)
    middle = find(f"DepthwiseConv{rank}D")(size, use_bias=False, **arguments).apply((kernel,), x)
    close(whole, find(f"Conv{rank}D")(4, 1).apply((point, bias), middle), x, kernel, point)


@st.composite
def layers(draw: st.DrawFn) -> tuple[Layer, tuple[int, ...]]:
    """A convolution of any kind, channels last, and an input shape that it accepts."""
    kind = draw(st.sampled_from(KINDS))
    given: dict[str, Any] = {"kernel_size": draw(SMALL), "padding": draw(st.sampled_from(["valid", "same"]))}
    given[draw(st.sampled_from(["strides", "dilation_rate"]))] = draw(SMALL)
    groups = draw(SMALL) if "groups" in kind.arguments else 1
    if groups > 1:
        given["groups"] = groups
    if "filters" in kind.arguments:
        given["filters"] = draw(SMALL) * groups
    sizes = [draw(st.integers(7, 9)) for _ in range(kind.rank)]
    activation = draw(st.sampled_from(["linear", "relu", "tanh"]))
    return kind(**given, activation=activation), (2, *sizes, draw(SMALL) * groups)


def values(layer: Layer, shape: tuple[int, ...]) -> list[Any]:
    """Random values for the layer's weights."""
    return [noise(at, *weight.shape) for at, weight in enumerate(layer.infer(shape).weights)]


@QUICK
@given(layers())
def test_samples_do_not_meet(drawn: tuple[Layer, tuple[int, ...]]) -> None:
    """A batch gives what its samples give one by one."""
    layer, shape = drawn
    x, w = noise(5, *shape), values(layer, shape)
    close(layer.apply(w, x), np.concatenate([layer.apply(w, x[:1]), layer.apply(w, x[1:])]), x, *w)


@QUICK
@given(layers())
def test_channels_first_is_channels_last_moved(drawn: tuple[Layer, tuple[int, ...]]) -> None:
    """The place of the channels changes neither weights nor values, only where they stand."""
    layer, shape = drawn
    # Where the last axis is as long as the bias, Keras on TensorFlow adds it along that axis (golden samples).
    assume(layer.config["use_bias"] is False or layer.infer(shape).output[-2] != layer.infer(shape).output[-1])
    first = type(layer)(**{**layer.config, "data_format": "channels_first"})
    x = noise(5, *shape)
    moved, w = np.moveaxis(x, -1, 1), values(layer, shape)
    inferred = first.infer(moved.shape)
    assert [weight.shape for weight in inferred.weights] == [weight.shape for weight in layer.infer(shape).weights]
    y = first.apply(w, moved)
    assert y.shape == inferred.output
    close(np.moveaxis(y, 1, -1), layer.apply(w, x), x, *w)


@QUICK
@given(layers())
def test_every_kernel_value_meets_every_position(drawn: tuple[Layer, tuple[int, ...]]) -> None:
    """MACs are the kernels' values times the positions: of the output, or of the input where it is transposed."""
    layer, shape = drawn
    inferred = layer.infer(shape)
    kernels = sum(weight.params for weight in inferred.weights if weight.name.endswith("kernel"))
    walked = shape if "Transpose" in type(layer).__name__ else inferred.output
    assert inferred.total_macs == kernels * math.prod(size or 0 for size in walked[1:-1])


@QUICK
@given(layers(), st.data())
def test_unknown_sizes_only_flow(drawn: tuple[Layer, tuple[int, ...]], data: st.DataObject) -> None:
    """A spatial size left open opens its own output size and leaves every other number as it was."""
    layer, shape = drawn
    at = data.draw(st.integers(1, len(shape) - 2))
    known, opened = layer.infer(shape), layer.infer(tuple(None if i == at else n for i, n in enumerate(shape)))
    assert opened.output == tuple(None if i == at else n for i, n in enumerate(known.output))
    assert [w.shape for w in opened.weights] == [w.shape for w in known.weights]
    assert opened.total_macs is None
    assert known.total_macs is not None


@QUICK
@given(layers())
def test_unknown_channels_are_refused(drawn: tuple[Layer, tuple[int, ...]]) -> None:
    """A weight's shape needs the channels: without them there is an error, and not a number."""
    layer, shape = drawn
    assert _refused(layer, (*shape[:-1], None))


def _refused(layer: Layer, shape: Iterable[int | None]) -> bool:
    try:
        layer.infer(tuple(shape))
    except ConvcalcError as error:
        return error.code == "unknown-size"
    return False
