"""Groups of layers that are computed together: a product, the padding before it, and elementwise layers behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from convcalc.compute.kernels.choice import can_add
from convcalc.compute.linear import Linear
from convcalc.execute.plan.steps import Plan, Step
from convcalc.lazy import Array, np
from convcalc.stack.graph import Link, Source

# The dtypes that kernels compute in: the dtypes that need no rounding between layers.
_DTYPES = ("float32", "float64")


class Group:
    """Steps that are computed together; each but the first works on the output of the step before it.

    ``core`` is the step that a kernel computes: a product, a scaling, a sum or a pooling; None without a kernel.
    ``addend`` is the tensor that an Add layer among the steps adds to the core's product.
    """

    __slots__ = ("addend", "has_arguments", "core", "steps")

    def __init__(self, steps: tuple[Step, ...], core: Step | None, addend: Link | None = None) -> None:
        self.steps = steps
        self.core = core
        self.addend = addend
        self.has_arguments = any(step.node.binding for step in steps)  # of calls, which no kernel knows

    @property
    def inputs(self) -> tuple[Link, ...]:
        """The group's inputs: the inputs of its first layer, then the addend."""
        return (*self.steps[0].inputs, *([self.addend] if self.addend else []))

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the group's inputs."""
        return [*self.steps[0].shapes, *([self.last.shapes[0]] if self.addend else [])]

    @property
    def last(self) -> Step:
        """The step whose output is the group's output."""
        return self.steps[-1]

    @property
    def padding(self) -> Step | None:
        """The padding layer before the core."""
        return self.steps[0] if self.core and self.core is not self.steps[0] else None

    @property
    def following(self) -> tuple[Step, ...]:
        """The steps behind the core."""
        return self.steps[self.steps.index(self.core) + 1 :] if self.core else ()

    @property
    def activation(self) -> str:
        """The activation at the group's end: the activation of the core, or of the last step."""
        of_core: str = self.core.layer.activation if self.core else "linear"
        return self.last.simple.applies or "linear" if self.last in self.following else of_core


def grouped(plan: Plan, visible: Collection[str]) -> list[Group]:
    """The plan's steps in groups, in order. A step with a name in ``visible`` ends its group."""
    users = _users(plan)
    groups: list[Group] = []
    done: set[Step] = set()
    computed: set[Source] = {*plan.inputs}
    for step in plan.steps:
        if step not in done:
            group = _group(list(_chain(step, users, visible)))
            behind = [] if any(name in visible for name in group.last.names) else users.get(group.last.node, [])
            if len(behind) == 1 and behind[0] and _can_add(group, behind[0], computed):
                group = _with_sum(group, list(_chain(behind[0], users, visible)))
            groups.append(group)
            done.update(group.steps)
            computed.update(member.node for member in group.steps)
    return groups


def _users(plan: Plan) -> dict[Source, list[Step | None]]:
    """The steps that take each source's outputs; None stands for an output of the model."""
    users: dict[Source, list[Step | None]] = {}
    for step in plan.steps:
        for link in step.inputs:
            users.setdefault(link.source, []).append(step)
    for link in plan.outputs:
        users.setdefault(link.source, []).append(None)
    return users


def _chain(step: Step, users: dict[Source, list[Step | None]], visible: Collection[str]) -> Iterator[Step]:
    """The step, and the steps behind it as long as each is the only user of an output that is not visible."""
    yield step
    while not any(name in visible for name in step.names):
        following = users.get(step.node, [])
        if len(following) != 1 or following[0] is None or len(following[0].inputs) != 1:
            return
        step = following[0]
        yield step


def _group(chain: list[Step]) -> Group:
    """The longest group at the chain's beginning."""
    first, *rest = chain
    if rest and _is_supported(first) and first.simple.surrounds is not None:
        if _is_product(rest[0]):
            return Group((first, rest[0], *_fused(rest[0], rest[1:])), rest[0])
        if _pools(rest[0]):
            return Group((first, rest[0]), rest[0])
    if _pools(first):
        return Group((first,), first)
    if _is_product(first) or _scales(first) or _sums(first):
        return Group((first, *_fused(first, rest)), first)
    return Group((first,), None)


def _can_add(group: Group, adding: Step, computed: Collection[Source]) -> bool:
    """Whether the group's kernel can do the Add layer behind it: its other input is one array, computed already."""
    core = group.core
    if not (core and _is_product(core) and group.activation == "linear"):
        return False
    others = [link.source in computed for link in adding.inputs if link.source is not group.last.node]
    single = others == [True] and len(adding.inputs) == 2
    return single and _sums(adding) and adding.dtype == core.dtype and can_add(linears(core)[-1])


def _with_sum(group: Group, chain: list[Step]) -> Group:
    """The group with the Add layer at the chain's beginning, and with the activation behind it."""
    adding, *rest = chain
    (addend,) = (link for link in adding.inputs if link.source is not group.last.node)
    return Group((*group.steps, adding, *_fused(adding, rest)), group.core, addend)


def linears(step: Step) -> list[Linear]:
    """The linear layers that a layer consists of, with weights without values."""
    return [*step.layer.linear(valueless_weights(step), step.shapes[0])]


def valueless_weights(step: Step) -> list[Array]:
    """Stand-ins for a layer's weights, which have shapes and take no memory."""
    zero = np.zeros((), step.dtype)
    return [np.broadcast_to(zero, weight.shape) for weight in step.inferred.weights]


def _fused(core: Step, rest: list[Step]) -> Iterator[Step]:
    """The steps behind the core that its kernel also computes: scalings, then one activation."""
    if core.layer.activation != "linear":
        return
    for step in rest:
        if not _is_supported(step) or step.dtype != core.dtype:
            return
        if _scales(step) and not core.simple.adds:
            yield step
        else:
            if step.simple.applies is not None:
                yield step
            return


def _is_supported(step: Step) -> bool:
    """Whether kernels know the step's dtype and its order of axes, channels last."""
    return step.dtype in _DTYPES and not step.layer.is_channels_first


def _is_product(step: Step) -> bool:
    named = isinstance(step.layer.activation, str)  # not an activation layer
    return _is_supported(step) and named and step.layer.is_linear


def _sums(step: Step) -> bool:
    return _is_supported(step) and step.simple.adds and len(set(step.shapes)) == 1 and len(step.shapes[0]) > 1


def _pools(step: Step) -> bool:
    return _is_supported(step) and step.simple.pools is not None


def _scales(step: Step) -> bool:
    return _is_supported(step) and step.simple.scales is not None
