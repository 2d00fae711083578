"""The memory that a run needs: the bytes of each part, known before memory is allocated."""

from __future__ import annotations

from convcalc.compute.kernels.finish import IN_PLACE
from convcalc.declare.signature import works_on
from convcalc.execute.plan import memory
from convcalc.execute.plan.groups import Group
from convcalc.execute.plan.steps import Step
from convcalc.lazy import np
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import product
from convcalc.sizes.windows import Upsampler
from convcalc.stack.graph import Input, Node, Source

# Bytes of Python's own objects during a run, and of NumPy's buffers.
OBJECTS = 1 << 18
# Copies of its output that a layer without a kernel makes at its peak, as measured (tests/execute/test_plan.py):
# products before they are added up, the sum with the bias, the parts of an activation.
_COPIES = 4
_COPIES_OF = {"gelu": 9}


class Need:
    """The bytes that are in use while a group of layers is computed: ``x`` and ``y`` are its inputs and outputs."""

    def __init__(self, group: Group, scratch: int) -> None:
        self.group = group
        item = _item(group.last)
        self.x = sum(product(shape) or 0 for shape in group.shapes) * item
        self.y = sum(product(shape) or 0 for shape in group.last.node.outputs) * item
        self.weights = sum(step.inferred.params for step in group.steps) * item
        self.scratch = scratch
        self.live = 0  # inputs and outputs in memory: of the group, of later groups, kept

    @property
    def total(self) -> int:
        """The sum of all bytes."""
        return self.live + self.weights + self.scratch + OBJECTS

    def __str__(self) -> str:
        parts = ("input", self.x), ("weights", self.weights), ("output", self.y), ("working copies", self.scratch)
        listed = ", ".join(f"{what} {memory.show(size)}" for what, size in parts)
        others = max(self.live - self.x - self.y, 0)
        return f"{(self.group.core or self.group.last).where}: {listed}; kept beside it {memory.show(others)}"


def scratch(group: Group, needs: dict[str, int] | None) -> int:
    """Bytes besides input, output and weights, without the memory that a kernel ``needs``: `Program` counts it."""
    core = group.core or group.last
    x = sum(product(shape) or 0 for shape in group.shapes) * _item(core)
    y = sum(product(shape) or 0 for shape in group.last.node.outputs) * _item(core)
    if needs is None:
        declared = core.layer.scratch(*works_on(core.node.binding, core.shapes)) * _item(core)
        return _copies(core) * y + 2 * _padded(core, x, y) + declared
    cast = x if any(_kept_in(link.source) != core.dtype for link in group.inputs) else 0
    folded = sum(step.inferred.params for step in group.steps) * _item(core) if len(group.steps) > 1 else 0
    return cast + folded + (0 if group.activation in IN_PLACE else _copies(core) * y)


def _kept_in(source: Source) -> str:
    """The dtype in which a run keeps a source's output."""
    layer = source.layer if isinstance(source, Node) else None
    return source.dtype if isinstance(source, Input) else dtypes.compute_dtype(layer.dtype if layer else "float32")


def _item(step: Step) -> int:
    return np.dtype(step.working_dtype).itemsize


def _copies(step: Step) -> int:
    """The number of copies of the output that the layer makes, by its activation."""
    activation = step.layer.activation
    return _COPIES_OF.get(activation, _COPIES) if isinstance(activation, str) else _COPIES


def _padded(step: Step, x: int, y: int) -> int:
    """Bytes of the padded input; for a transposed layer, of the output before it is cropped."""
    axes = step.inferred.axes
    if not axes:
        return x
    first = 2 if step.layer.is_channels_first else 1
    shape = step.shapes[0]
    ends, size = (step.inferred.output, y) if isinstance(axes[0], Upsampler) else (shape, x)
    positions = product(ends[first : first + len(axes)])
    full = product(axis.full(n) for axis, n in zip(axes, shape[first:], strict=False))
    return size * (full or 0) // (positions or 1)
