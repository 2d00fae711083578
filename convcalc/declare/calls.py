"""How a layer is called: which of its tensors is given as which argument, and the call's other arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from convcalc.errors import WiringError, did_you_mean, one_of
from convcalc.script import Call, Ref

T = TypeVar("T")


class Accepts:
    """The arguments that Keras's ``call`` of a kind takes: what it works on, further tensors, and options.

    ``lists`` are the tensors that come several in a list; on ``shaping`` options the output shapes depend. Every
    kind takes ``training`` beside them. With the option ``unmasked`` the output has no mask. For some, tensors
    ``listed`` are something else than one tensor alone.
    """

    __slots__ = ("inputs", "listed", "lists", "options", "shaping", "tensors", "unmasked")

    def __init__(
        self,
        *inputs: str,
        tensors: tuple[str, ...] = (),
        lists: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
        shaping: tuple[str, ...] = (),
        unmasked: str = "",
        listed: bool = False,
    ) -> None:
        self.inputs = inputs
        self.tensors = tensors
        self.lists = lists
        self.options = (*options, *shaping, "training")
        self.shaping = shaping
        self.unmasked = unmasked
        self.listed = listed

    @property
    def names(self) -> tuple[str, ...]:
        """Every argument by name."""
        return (*self.inputs, *self.tensors, *self.options)


class Called:
    """What a layer is called with, and how masks go through it; a layer that says nothing takes its inputs alone."""

    # What Keras's `call` takes, and whether masks pass through it.
    call: ClassVar[Accepts] = Accepts("inputs")
    supports_masking: ClassVar[bool] = False
    # Whether `apply` takes the inputs' own ``masks``, which are none of the call's arguments.
    minds_masks: ClassVar[bool] = False
    # Whether its output has a mask where its input has none.
    makes_masks: ClassVar[bool] = False
    # Keras takes its inputs' masks off for good, and goes by the first one's own, whatever it is given.
    takes_masks_off: ClassVar[bool] = False
    # The layers that it holds.
    held: tuple[Any, ...]

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """The output's mask, false where a step is missing; a tuple for several outputs, None without any.

        ``masks`` are those of ``inputs``, and it is made by ``ops``: of arrays by `convcalc.compute.masking`, of
        tensors of a graph by operations in it. Asked only where the kind ``supports_masking``.
        """
        return masks[0]

    @property
    def acts_in_training(self) -> bool:
        """Whether it computes something else in training, with ``training=True`` in its call."""
        rates = (getattr(self, name, 0) for name in ("dropout", "recurrent_dropout"))
        return any(rates) or any(one.acts_in_training for one in self.held)


# What a nested model's call takes.
NESTED = Accepts("inputs", tensors=("mask",), lists=("mask",))


class Calling:
    """One call of a layer: for each of its tensors, by number, what it is given as; and the options.

    Tensors are numbered in Keras's order: those given by place come first, the rest by name. ``main`` are the
    numbers of those that the layer works on, ``named`` of the others, by argument; ``missing`` is the first thing
    to work on that is left out.
    """

    __slots__ = ("lists", "main", "missing", "named", "options", "order", "shaping")

    def __init__(self, accepts: Accepts, roles: Sequence[str], options: dict[str, Any]) -> None:
        self.order = sorted(range(len(roles)), key=lambda number: roles[number])
        places = [(_place(accepts, roles[at], number), number) for number, at in enumerate(self.order)]
        taken = sorted((place, number) for place, number in places if place is not None)
        self.main = [number for _, number in taken]
        gap = next((at for at in range(taken[-1][0] if taken else 1) if at not in dict(taken)), None)
        self.missing = None if gap is None else accepts.inputs[gap]
        self.named: dict[str, list[int]] = {}
        for number, at in enumerate(self.order):
            if number not in self.main:
                self.named.setdefault(roles[at], []).append(number)
        self.options = options
        self.lists = accepts.lists
        self.shaping = {name: options[name] for name in accepts.shaping if name in options}

    @property
    def training(self) -> bool | None:
        """Whether it is said to be a call in training."""
        return self.options.get("training")

    def tensors(self, values: Sequence[T]) -> dict[str, Any]:
        """The tensors beside those that the layer works on: by argument one of ``values``, or a list of them."""
        return {
            name: [values[number] for number in numbers] if name in self.lists else values[numbers[0]]
            for name, numbers in self.named.items()
        }


def works_on(calling: Calling | None, values: Sequence[T]) -> list[T]:
    """Of one value for each tensor of a call, those of the tensors that the layer works on."""
    return list(values) if calling is None else [values[number] for number in calling.main]


def _place(accepts: Accepts, role: str, number: int) -> int | None:
    """Which of the things that the layer works on a tensor is; None for one of the others."""
    if not role:
        return number  # those by place come first
    return accepts.inputs.index(role) if role in accepts.inputs else None


def calling(call: Call, accepts: Accepts, kind: str) -> Calling | None:
    """How a call is to be understood; None where it is but on tensors by place, or on what is only
    known to Python code. `WiringError` for a wrong argument.
    """
    listed = call.listed and accepts.listed and len(call.inputs or ()) == 1
    if call.opaque or not (call.options or any(call.roles) or listed):
        return None
    for role, ref in zip(call.roles, call.inputs or (), strict=bool(call.roles)):
        _check_tensor(role, ref, call.roles, accepts, kind)
    options = {}
    for name, given in call.options.items():
        if name not in accepts.names:
            raise _unknown(name, given.key or call.place, accepts, kind)
        if name in accepts.options:
            options[name] = given.value
        elif given.value is not None:
            message = f"{name} must be the name of a layer, whose output it is, got {given.value!r}"
            raise WiringError(message, code="call-argument", span=given.place or call.place)
    found = Calling(accepts, call.roles or ("",) * len(call.inputs or ("",)), options)
    if found.missing:
        raise WiringError(f"a call of {kind} needs {found.missing}", code="call-argument", span=call.place)
    if listed:
        found.shaping["listed"] = True
    return found


def _check_tensor(role: str, ref: Ref, roles: Sequence[str], accepts: Accepts, kind: str) -> None:
    """Refuses a tensor as what it cannot be."""
    if role and role not in accepts.names:
        raise _unknown(role, ref.place, accepts, kind)
    if role in accepts.options:
        raise WiringError(f"{role} is a value, not a layer's output", code="call-argument", span=ref.place)
    if role and roles.count(role) > 1 and role not in accepts.lists:
        raise WiringError(f"{role} is one tensor, got {roles.count(role)}", code="call-argument", span=ref.place)


def _unknown(name: str, span: Any, accepts: Accepts, kind: str) -> WiringError:
    return WiringError(
        f"a call of {kind} has no argument {name!r}",
        code="unknown-call-argument",
        span=span,
        help=did_you_mean(name, accepts.names) or f"it takes {one_of(accepts.names)}",
    )
