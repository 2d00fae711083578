"""Transposed convolutions as small convolutions: one for each phase of the stride.

Output positions that are equal modulo the stride see the same taps, each as often as there are input positions
(Shi et al. 2016, https://arxiv.org/abs/1609.07009).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from convcalc.compute.kernels.workspace import Workspace
from convcalc.compute.linear import Convolution, Transposed
from convcalc.lazy import Array, np
from convcalc.sizes.windows import Upsampler, Window

# Bytes to copy for a thread of its own at the least.
_SHARED = 1 << 20


class Phase(NamedTuple):
    """Along one axis: the outputs of a phase, the taps that they see, and the input from its first to its last."""

    outputs: slice
    taps: slice
    inputs: slice
    window: Window


class Part(NamedTuple):
    """The outputs of one phase along every axis: a convolution of a part of the input."""

    phases: tuple[Phase, ...]
    convolution: Convolution
    lengths: list[int]


class Upsampling:
    """A transposed convolution by its parts, each computed by a kernel."""

    def __init__(self, parts: Sequence[tuple[Part, Any]], workspace: Workspace) -> None:
        self.parts = parts
        self.workspace = workspace

    def __call__(self, x: Array, out: Array) -> None:
        """Writes the transposed convolution of ``x``, with bias and activation, into ``out``."""
        for (phases, _, lengths), kernel in self.parts:
            part = self.workspace.take("phase", (len(x), *lengths, out.shape[-1]), x.dtype)
            kernel(x[(slice(None), *(phase.inputs for phase in phases))], part)
            target = out[(slice(None), *(phase.outputs for phase in phases))]
            rows = self.workspace.share(lengths[0], lengths[0], _SHARED // max(part.nbytes // lengths[0], 1) + 1)
            starts = range(0, lengths[0], rows)
            blocks = [(target[:, at : at + rows], part[:, at : at + rows]) for at in starts]
            self.workspace.each(lambda block: np.copyto(*block), blocks)


def parts(linear: Transposed, spatial: Sequence[int]) -> Iterator[Part]:
    """The parts of an undilated transposed convolution of an input of ``spatial`` lengths; kernels are views."""
    lengths = [axis.out(n) or 0 for axis, n in zip(linear.axes, spatial, strict=True)]
    for phases in itertools.product(*map(_phases, linear.axes, spatial)):
        taps = linear.kernel[tuple(phase.taps for phase in phases)]
        forward = np.flip(taps, tuple(range(len(phases)))).swapaxes(-1, -2)
        convolution = Convolution(forward, linear.bias, [phase.window for phase in phases])
        yield Part(phases, convolution, [len(range(n)[one.outputs]) for one, n in zip(phases, lengths, strict=True)])


def _phases(axis: Upsampler, n: int) -> Iterator[Phase]:
    """The phases that have outputs. Output j is position j + cut of the whole; it sees the taps phase + stride × k."""
    cut = (axis.pads(n) or (0, 0))[0]
    out = axis.out(n) or 0
    for first in range(min(axis.stride, out)):
        phase, position = (first + cut) % axis.stride, (first + cut) // axis.stride
        taps = len(range(phase, axis.size, axis.stride))
        count = len(range(first, out, axis.stride))
        # Outputs see inputs from position - taps + 1 on; what lies before the input is padding.
        start = position - taps + 1
        skipped = max(start, 0)
        after = max(start + count + taps - 1 - n, 0)
        yield Phase(
            slice(first, None, axis.stride),
            slice(phase, None, axis.stride),
            slice(skipped, min(start + count + taps - 1, n)),
            Window(taps, padding=(max(-start, 0), after)),
        )
