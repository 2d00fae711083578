"""Which layers are computed together: a product with the padding before it and what follows it value by value."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from convcalc.execute.plan import Plan, Source, Step

# The dtypes that kernels compute in: those that need no rounding between layers.
_DTYPES = ("float32", "float64")


class Group:
    """Steps computed as one, each but the first on the output of the one before it alone.

    ``core`` is the step that a kernel computes: a product, a scaling or a sum; None where there is no kernel.
    """

    __slots__ = ("called", "core", "steps")

    def __init__(self, steps: tuple[Step, ...], core: Step | None) -> None:
        self.steps = steps
        self.core = core
        self.called = any(step.node.calling for step in steps)  # with arguments of its own

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
    for step in plan.steps:
        if step not in done:
            groups.append(_group(list(_chain(step, users, seen))))
            done.update(groups[-1].steps)
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
    if rest and _plain(first) and first.layer.surrounds is not None and _is_product(rest[0]):
        return Group((first, rest[0], *_following(rest[0], rest[1:])), rest[0])
    if _is_product(first) or _scales(first) or (_plain(first) and first.layer.adds):
        return Group((first, *_following(first, rest)), first)
    return Group((first,), None)


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


def _scales(step: Step) -> bool:
    return _plain(step) and step.layer.scales(step.shapes[0])
