"""Which layers are computed together: a product with the padding before it and what follows it value by value."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from convcalc.compute.kernels.choice import can_add
from convcalc.compute.linear import Linear
from convcalc.execute.plan.steps import Plan, Source, Step
from convcalc.lazy import Array, np
from convcalc.stack.graph import Link

# The dtypes that kernels compute in: those that need no rounding between layers.
_DTYPES = ("float32", "float64")


class Group:
    """Steps computed as one, each but the first on the output of the one before it alone.

    ``core`` is the step that a kernel computes: a product, scaling, sum or pooling; None without a kernel.
    ``added`` is what a sum among the steps behind the core adds to its product.
    """

    __slots__ = ("added", "called", "core", "steps")

    def __init__(self, steps: tuple[Step, ...], core: Step | None, added: Link | None = None) -> None:
        self.steps = steps
        self.core = core
        self.added = added
        self.called = any(step.node.calling for step in steps)  # with arguments of its own

    @property
    def inputs(self) -> tuple[Link, ...]:
        """What it takes: the inputs of its first layer, then what is added."""
        return (*self.steps[0].inputs, *([self.added] if self.added else []))

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of its inputs."""
        return [*self.steps[0].shapes, *([self.last.shapes[0]] if self.added else [])]

    @property
    def last(self) -> Step:
        """The step whose output is the group's."""
        return self.steps[-1]

    @property
    def before(self) -> Step | None:
        """The padding before the core."""
        return self.steps[0] if self.core and self.core is not self.steps[0] else None

    @property
    def after(self) -> tuple[Step, ...]:
        """The steps behind the core."""
        return self.steps[self.steps.index(self.core) + 1 :] if self.core else ()

    @property
    def activation(self) -> str:
        """The activation that ends it: the core's own, or that of its last step."""
        own: str = getattr(self.core and self.core.layer, "activation", "linear")
        return self.last.layer.applies or "linear" if self.last in self.after else own


def grouped(plan: Plan, seen: Collection[str]) -> list[Group]:
    """The plan's steps in groups, in order. An output that is ``seen``, by its name, ends its group."""
    users = _users(plan)
    groups: list[Group] = []
    done: set[Step] = set()
    there: set[Source] = {*plan.inputs}
    for step in plan.steps:
        if step not in done:
            group = _group(list(_chain(step, users, seen)))
            behind = [] if any(name in seen for name in group.last.names) else users.get(group.last.node, [])
            if len(behind) == 1 and behind[0] and _can_add(group, behind[0], there):
                group = _with_sum(group, list(_chain(behind[0], users, seen)))
            groups.append(group)
            done.update(group.steps)
            there.update(one.node for one in group.steps)
    return groups


def _users(plan: Plan) -> dict[Source, list[Step | None]]:
    """The steps that take each source's outputs; None stands for the model's own outputs."""
    users: dict[Source, list[Step | None]] = {}
    for step in plan.steps:
        for link in step.inputs:
            users.setdefault(link.source, []).append(step)
    for link in plan.outputs:
        users.setdefault(link.source, []).append(None)
    return users


def _chain(step: Step, users: dict[Source, list[Step | None]], seen: Collection[str]) -> Iterator[Step]:
    """The step, and those that follow it alone and that nobody sees between."""
    yield step
    while not any(name in seen for name in step.names):
        following = users.get(step.node, [])
        if len(following) != 1 or following[0] is None or len(following[0].inputs) != 1:
            return
        step = following[0]
        yield step


def _group(chain: list[Step]) -> Group:
    """The longest group at the chain's beginning."""
    first, *rest = chain
    if rest and _plain(first) and first.layer.surrounds is not None:
        if _is_product(rest[0]):
            return Group((first, rest[0], *_following(rest[0], rest[1:])), rest[0])
        if _pools(rest[0]):
            return Group((first, rest[0]), rest[0])
    if _pools(first):
        return Group((first,), first)
    if _is_product(first) or _scales(first) or _sums(first):
        return Group((first, *_following(first, rest)), first)
    return Group((first,), None)


def _can_add(group: Group, adding: Step, there: Collection[Source]) -> bool:
    """Whether the group's product can add what a sum behind it adds: one array, which is there already."""
    core = group.core
    if not (core and _is_product(core) and group.activation == "linear"):
        return False
    others = [link.source in there for link in adding.inputs if link.source is not group.last.node]
    one = others == [True] and len(adding.inputs) == 2
    return one and _sums(adding) and adding.dtype == core.dtype and can_add(products(core)[-1])


def _with_sum(group: Group, chain: list[Step]) -> Group:
    """The group, the sum at the chain's beginning, and the activation behind it."""
    adding, *rest = chain
    (added,) = (link for link in adding.inputs if link.source is not group.last.node)
    return Group((*group.steps, adding, *_following(adding, rest)), group.core, added)


def products(step: Step) -> list[Linear]:
    """What a layer consists of, with weights that have shapes alone."""
    return [*step.layer.linear(weightless(step), step.shapes[0])]


def weightless(step: Step) -> list[Array]:
    """A layer's weights without values."""
    zero = np.zeros((), step.dtype)
    return [np.broadcast_to(zero, one.shape) for one in step.inferred.weights]


def _following(core: Step, rest: list[Step]) -> Iterator[Step]:
    """What is computed with the core while its output is written: scalings, then one activation."""
    if getattr(core.layer, "activation", "linear") != "linear":
        return
    for step in rest:
        if not _plain(step) or step.dtype != core.dtype:
            return
        if _scales(step) and not core.layer.adds:
            yield step
        else:
            if step.layer.applies is not None:
                yield step
            return


def _plain(step: Step) -> bool:
    """Whether the step works on channels-last arrays, in a dtype of the kernels."""
    return step.dtype in _DTYPES and not step.layer.is_channels_first


def _is_product(step: Step) -> bool:
    named = isinstance(getattr(step.layer, "activation", None), str)  # not an activation layer
    return _plain(step) and named and step.layer.is_linear


def _sums(step: Step) -> bool:
    return _plain(step) and step.layer.adds and len(set(step.shapes)) == 1 and len(step.shapes[0]) > 1


def _pools(step: Step) -> bool:
    return _plain(step) and step.layer.pools is not None


def _scales(step: Step) -> bool:
    return _plain(step) and step.layer.scales(step.shapes[0])
