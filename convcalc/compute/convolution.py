"""Convolutions of any rank, one tap at a time: each tap is a strided view of the input and one product.

Arrays are ``(batch, *spatial, channels)``. Memory beside input and output is one padded input and one
tap's product; nothing loops over pixels or channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcalc.compute.padding import crop, pad
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Upsampler, Window


def convolve(x: Array, kernel: Array, windows: Sequence[Window], groups: int = 1) -> Array:
    """Cross-correlation of ``x`` with ``kernel`` ``(*taps, channels / groups, filters)``.

    Group g of the channels meets group g of the filters.
    """
    inside, filters = kernel.shape[-2:]
    y = _zeros(x, windows, filters)
    for tap, view in taps(x, windows):
        columns = view.reshape(-1, groups, inside).swapaxes(0, 1)
        weights = kernel[tap].reshape(inside, groups, filters // groups).swapaxes(0, 1)
        y += (columns @ weights).swapaxes(0, 1).reshape(y.shape)
    return y


def depthwise(x: Array, kernel: Array, windows: Sequence[Window]) -> Array:
    """Every channel with its own ``m`` filters: ``kernel`` is ``(*taps, channels, m)``.

    Output channel c × m + j is filter j of channel c.
    """
    channels, multiplier = kernel.shape[-2:]
    y = _zeros(x, windows, channels * multiplier)
    for tap, view in taps(x, windows):
        y += (view[..., None] * kernel[tap]).reshape(y.shape)
    return y


def convolve_transposed(x: Array, kernel: Array, axes: Sequence[Upsampler]) -> Array:
    """The adjoint of `convolve`: each position adds its taps; ``kernel`` is ``(*taps, filters, channels)``.

    The full result is cropped, or extended by zeros at the end, to each axis's output length.
    """
    batch, *spatial, channels = x.shape
    full = np.zeros((batch, *map(Upsampler.full, axes, spatial), kernel.shape[-2]), x.dtype)
    rows = x.reshape(-1, channels)
    for tap in np.ndindex(*(axis.size for axis in axes)):
        places = zip(tap, axes, spatial, strict=True)
        at = tuple(_steps(t * axis.dilation, axis.stride, n) for t, axis, n in places)
        full[(slice(None), *at)] += (rows @ kernel[tap].T).reshape(batch, *spatial, -1)
    return _crop(full, [axis.pads(n) or (0, 0) for axis, n in zip(axes, spatial, strict=True)])


def taps(x: Array, windows: Sequence[Window]) -> Iterator[tuple[tuple[int, ...], Array]]:
    """Each tap's index and the view of the (zero-padded) input that it meets at all output positions."""
    spatial = x.shape[1:-1]
    pads = [window.pads(n) or (0, 0) for window, n in zip(windows, spatial, strict=True)]
    padded = pad(x, pads)
    outs = _lengths(x, windows)
    for tap in np.ndindex(*(window.size for window in windows)):
        places = zip(tap, windows, outs, strict=True)
        yield tap, padded[(slice(None), *(_steps(t * w.dilation, w.stride, out) for t, w, out in places))]


def _steps(start: int, stride: int, count: int) -> slice:
    """``count`` positions from ``start``, ``stride`` apart."""
    return slice(start, start + (count - 1) * stride + 1, stride)


def _lengths(x: Array, windows: Sequence[Window]) -> list[int]:
    return [window.out(n) or 0 for window, n in zip(windows, x.shape[1:-1], strict=True)]


def _zeros(x: Array, windows: Sequence[Window], channels: int) -> Array:
    return np.zeros((x.shape[0], *_lengths(x, windows), channels), x.dtype)


def _crop(y: Array, pads: Sequence[tuple[int, int]]) -> Array:
    """``y`` without the first and last cells of each spatial axis; a negative last count adds zeros."""
    cut = crop(y, [(before, max(after, 0)) for before, after in pads])
    return pad(cut, [(0, max(-after, 0)) for _, after in pads])
