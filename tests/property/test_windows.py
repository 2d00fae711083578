"""One axis of a convolution against the plainest counting, and the inverses that follow."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from convcalc.sizes.windows import Upsampler, Window

PADDINGS = st.sampled_from(["valid", "same", "causal"]) | st.tuples(st.integers(0, 4), st.integers(0, 4))
SMALL = st.integers(1, 6)
LENGTH = st.integers(1, 40)
windows = st.builds(Window, SMALL, SMALL, SMALL, PADDINGS)
upsamplers = st.builds(
    Upsampler, SMALL, SMALL, SMALL, st.sampled_from(["valid", "same"]), st.none() | st.integers(0, 5)
)


def positions(window: Window, n: int) -> list[int]:
    """The first tap's place in the padded axis, for every step whose last tap is still inside."""
    before, after = window.pads(n) or (0, 0)
    taps = [tap * window.dilation for tap in range(window.size)]
    starts = range(0, n + before + after, window.stride)
    return [start for start in starts if all(start + tap < n + before + after for tap in taps)]


@given(windows, LENGTH)
def test_output_length_counts_positions(window: Window, n: int) -> None:
    """The output length is the number of places where the whole window fits in the padded axis."""
    assert max(window.out(n) or 0, 0) == len(positions(window, n))


@given(SMALL, SMALL, SMALL, LENGTH)
def test_same_padding_is_least_and_even(size: int, stride: int, dilation: int, n: int) -> None:
    """Same padding gives ceil(n / stride) with no cell to spare; an odd cell goes to the end."""
    window = Window(size, stride, dilation, "same")
    before, after = window.pads(n) or (0, 0)
    assert window.out(n) == -(-n // stride)
    assert after - before in (0, 1)
    if before + after:
        fewer = Window(size, stride, dilation, (before, after - 1))
        assert (fewer.out(n) or 0) < (window.out(n) or 0)


@given(SMALL, SMALL, LENGTH)
def test_same_padding_without_a_stride_is_known(size: int, dilation: int, n: int) -> None:
    """Without a stride, same padding is the span less one, whatever the length, even an unknown one."""
    window = Window(size, 1, dilation, "same")
    assert window.pads(None) == window.pads(n)
    assert sum(window.pads(None) or ()) == window.span - 1


@given(SMALL, SMALL, LENGTH)
def test_causal_padding_looks_back_only(size: int, dilation: int, n: int) -> None:
    """Causal padding stands before the axis alone, so that the last tap of output i is input i."""
    window = Window(size, 1, dilation, "causal")
    assert window.pads(n) == ((size - 1) * dilation, 0)
    assert window.out(n) == n


@given(windows, LENGTH)
def test_least_is_the_smallest_input(window: Window, out: int) -> None:
    """The least input length gives as many positions as asked for, and one cell less does not."""
    least = window.least(out)
    assert (window.out(least) or 0) >= out
    assert least == 0 or (window.out(least - 1) or 0) < out


@given(upsamplers, LENGTH)
def test_least_is_the_smallest_input_of_an_upsampler(axis: Upsampler, out: int) -> None:
    """The same of a transposed axis, which needs at least one cell."""
    least = axis.least(out)
    assert (axis.out(least) or 0) >= out
    assert least == 1 or (axis.out(least - 1) or 0) < out


@given(SMALL, SMALL, SMALL, st.sampled_from(["valid", "same"]), LENGTH)
def test_upsampler_inverts_window(size: int, stride: int, dilation: int, padding: str, n: int) -> None:
    """A transposed axis gives a length that the window turns back into the length before."""
    assume(padding == "same" or (size - 1) * dilation + 1 >= stride)
    out = Upsampler(size, stride, dilation, padding).out(n)
    assert Window(size, stride, dilation, padding).out(out) == n


@given(windows | upsamplers)
def test_unknown_stays_unknown(axis: Window | Upsampler) -> None:
    """An axis of unknown length gives an unknown length, with or without padding that depends on it."""
    assert axis.out(None) is None
