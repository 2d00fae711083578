"""A forward pass as text: weights, kept activations and outputs, and the statistics of every layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from convcalc.lazy import Array, np
from convcalc.sizes.shapes import show
from convcalc.sizes.widths import padded, width
from convcalc.write.wording import memory

if TYPE_CHECKING:
    from convcalc.execute import LayerTrace, Trace

HEADINGS = ("layer", "shape", "min", "max", "mean", "std", "ms")


def dumps(trace: Trace, *, statistics: bool = False, outputs: bool = True) -> str:
    """The trace's weights and activations as far as kept, then statistics and outputs as asked for.

    Large arrays are shown by their corners.
    """
    blocks = [_array(name, value) for name, value in trace.weights.items()]
    blocks += [_array(name, value) for name, value in trace.activations.items()]
    if statistics:
        blocks.append(_aligned([HEADINGS, *map(_row, trace.layers)]))
        blocks.append(f"memory: {memory(trace.memory)} planned")
    if outputs:
        blocks += [_array(name, value) for name, value in zip(trace.output_names, trace.outputs, strict=True)]
    return "\n\n".join(blocks)


def _array(name: str, value: Array) -> str:
    return f"{name} {show(value.shape)}\n{np.array2string(value, precision=6, threshold=400, max_line_width=100)}"


def _row(layer: LayerTrace) -> tuple[str, ...]:
    numbers = (layer.min, layer.max, layer.mean, layer.std, layer.seconds * 1000)
    return (layer.name, show(layer.output_shape), *("" if n is None else f"{n:.4g}" for n in numbers))


def _aligned(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells under each other: two columns of text to the left, numbers to the right."""
    rows = list(rows)
    wide = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [padded(c, w, right=at > 1) for at, (c, w) in enumerate(zip(row, wide, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
