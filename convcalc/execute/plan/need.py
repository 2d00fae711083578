"""The memory of a run: how much each part of it takes, known before any of it is allocated."""

from __future__ import annotations

from convcalc.compute.kernels.finish import CUTS
from convcalc.declare.calls import works_on
from convcalc.execute.plan import memory
from convcalc.execute.plan.groups import Group
from convcalc.execute.plan.steps import Source, Step
from convcalc.lazy import np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import product
from convcalc.sizes.windows import Upsampler
from convcalc.stack.graph import Input, Link, Node

# Bytes of Python's own objects during a run, and of NumPy's buffers.
OBJECTS = 1 << 18
# Copies of its output that a layer holds beside it at its peak, as measured (tests/execute/test_plan.py):
# products before they are added up, the sum with the bias, the parts of an activation.
_COPIES = 4
_COPIES_OF = {"gelu": 9}


class Need:
    """The bytes that one group of layers takes, by what they are for."""

    def __init__(self, group: Group, scratch: int) -> None:
        self.group = group
        item = _item(group.last)
        self.x = sum(product(shape) or 0 for shape in group.shapes) * item
        self.y = sum(product(shape) or 0 for shape in group.last.node.outputs) * item
        self.weights = sum(step.inferred.params for step in group.steps) * item
        self.scratch = scratch
        self.there = 0  # inputs, outputs that wait for later layers or are kept, this one's among them

    @property
    def total(self) -> int:
        """All of them together."""
        return self.there + self.weights + self.scratch + OBJECTS

    def __str__(self) -> str:
        parts = ("input", self.x), ("weights", self.weights), ("output", self.y), ("working copies", self.scratch)
        listed = ", ".join(f"{what} {memory.show(size)}" for what, size in parts)
        beside = max(self.there - self.x - self.y, 0)
        return f"{(self.group.core or self.group.last).where}: {listed}; kept beside it {memory.show(beside)}"


def scratch(group: Group, needs: dict[str, int] | None) -> int:
    """Bytes beside input, output and weights: what a kernel ``needs`` is shared and counted elsewhere."""
    core = group.core or group.last
    x = sum(product(shape) or 0 for shape in group.shapes) * _item(core)
    y = sum(product(shape) or 0 for shape in group.last.node.outputs) * _item(core)
    if needs is None:
        own = core.layer.scratch(*works_on(core.node.calling, core.shapes)) * _item(core)
        return _copies(core) * y + 2 * _padded(core, x, y) + own
    cast = x if any(_dtype(link.source) != core.dtype for link in group.inputs) else 0
    folded = sum(step.inferred.params for step in group.steps) * _item(core) if len(group.steps) > 1 else 0
    return cast + folded + (0 if group.activation in CUTS else _copies(core) * y)


def size_of(link: Link) -> int:
    """The bytes of a tensor."""
    shape = link.source.shape if isinstance(link.source, Input) else link.source.outputs[link.tensor]
    return (product(shape or ()) or 0) * np.dtype(_dtype(link.source)).itemsize


def _dtype(source: Source) -> str:
    """The dtype of a source's output."""
    layer = source.layer if isinstance(source, Node) else None
    return source.dtype if isinstance(source, Input) else dtypes.compute_dtype(layer.dtype if layer else "float32")


def _item(step: Step) -> int:
    return np.dtype(step.working_dtype).itemsize


def _copies(step: Step) -> int:
    """Copies of the output, by what the activation makes of it."""
    activation = getattr(step.layer, "activation", None)
    return _COPIES_OF.get(activation, _COPIES) if isinstance(activation, str) else _COPIES


def _padded(step: Step, x: int, y: int) -> int:
    """Bytes of the input with its padding; for a transposed layer, of the output before it is cropped."""
    axes = step.inferred.axes
    if not axes:
        return x
    first = 2 if step.layer.is_channels_first else 1
    shape = step.shapes[0]
    ends, size = (step.inferred.output, y) if isinstance(axes[0], Upsampler) else (shape, x)
    positions = product(ends[first : first + len(axes)])
    full = product(axis.full(n) for axis, n in zip(axes, shape[first:], strict=False))
    return size * (full or 0) // (positions or 1)
