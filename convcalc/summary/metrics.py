"""Numbers beyond shapes and parameters: bytes, activations, and the receptive field along a chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcalc.declare.weight import Weight
from convcalc.sizes import dtypes
from convcalc.sizes.shapes import Shape, product
from convcalc.sizes.windows import Axis
from convcalc.stack.graph import Input, Node, Stack


def weight_bits(weights: Iterable[Weight]) -> int:
    """Bits of the weights in their own dtypes, as Keras's memory figures count them."""
    return sum(weight.params * dtypes.BITS[weight.dtype or "float32"] for weight in weights)


def activation_bytes(shape: Shape, dtype: str) -> int | None:
    """Bytes of an output for one sample; None for texts and when a size is unknown."""
    values = product(shape[1:])
    return None if values is None or dtype == dtypes.TEXT else dtypes.whole_bytes(values * dtypes.BITS[dtype])


class Reach:
    """How far along one axis of the model's input an output value sees, layer by layer in closed form.

    Seen from the output a window of stride p and span q + 1 widens x further cells to p·x + q, and a
    transposed axis narrows them to (x + q) // r (`Axis.back`). Such steps compose to one of the same form,
    (a·x + b) // c, as long as a floor is not multiplied afterwards; then a new form begins, so that
    ``forms`` has one form for each change from striding to upsampling. For strided layers alone the sizes agree with
    Araujo, Norris and Sim, Distill 2019.
    """

    __slots__ = ("forms",)

    def __init__(self, forms: tuple[tuple[int, int, int], ...] = ((1, 0, 1),)) -> None:
        self.forms = forms

    def after(self, axis: Axis) -> Reach:
        """The reach of the layer's outputs, from the reach of its inputs."""
        (a, b, c), (p, q, r) = self.forms[-1], axis.back
        if r == 1:
            return Reach((*self.forms[:-1], (a * p, a * q + b, c)))
        if a == 1:
            return Reach((*self.forms[:-1], (p, q + r * b, r * c)))
        return Reach((*self.forms, (p, q, r)))

    @property
    def size(self) -> int:
        """Input cells from the first to the last one seen; where phases of an upsampling differ, the most."""
        further = 0
        for a, b, c in reversed(self.forms):
            further = (a * further + b) // c
        return further + 1

    @property
    def jump(self) -> int | None:
        """Input cells from one output cell to the next; None after an upsampling, where it is no whole number."""
        ((a, _, c), *others) = self.forms
        return a if c == 1 and not others else None


def follow(stack: Stack) -> Iterator[tuple[Node, ReceptiveField]]:
    """Every node of a stack with the receptive field of its input; the next step moves the field past the node."""
    fields: dict[Node | Input, ReceptiveField] = {one: ReceptiveField(one.shape) for one in stack.inputs}
    above = fields[stack.inputs[0]]
    for node in stack.nodes:
        if node.inputs is not None:
            above = fields[node] = ReceptiveField.join([fields[link.source] for link in node.inputs])
        yield node, above
        above.after(node)


class ReceptiveField:
    """What one output value sees of the model's input, axis by axis, followed along a chain."""

    __slots__ = ("is_all", "reaches")

    def __init__(self, shape: Shape | None) -> None:
        self.is_all = False  # every value sees the whole input
        # None where the axes can no longer be followed.
        self.reaches: tuple[Reach, ...] | None = (Reach(),) * max(len(shape or ()) - 2, 0)

    @classmethod
    def join(cls, fields: Sequence[ReceptiveField]) -> ReceptiveField:
        """The field where branches meet: along each axis, the reach of the branch that sees furthest."""
        joined = cls(None)
        joined.is_all = any(field.is_all for field in fields)
        reaches = [field.reaches for field in fields if field.reaches]
        alike = len(reaches) == len(fields) and len(set(map(len, reaches))) == 1
        axes = zip(*reaches, strict=True)
        joined.reaches = tuple(max(axis, key=lambda reach: reach.size) for axis in axes) if alike else None
        return joined

    def after(self, node: Node) -> None:
        """Moves past a node, nested models opened."""
        for inner in node.inner.nodes if node.inner else ():
            self.after(inner)
        if node.inner and node.inner.functional:
            self.reaches = None  # branches inside are not followed
        if node.layer is None:
            return
        if node.inferred is None:
            self.reaches = None
            return
        axes = node.inferred.axes
        self.is_all = self.is_all or node.layer.positions.see_all
        if node.layer.positions.move:
            self.reaches = None
        elif self.reaches and len(axes) == len(self.reaches):
            self.reaches = tuple(reach.after(axis) for reach, axis in zip(self.reaches, axes, strict=True))

    @property
    def sizes(self) -> list[int] | str | None:
        """Input cells along each axis; ``all``; or None where there are no axes, or axes that cannot be followed."""
        if self.is_all:
            return "all"
        return [reach.size for reach in self.reaches] if self.reaches else None
