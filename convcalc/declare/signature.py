"""The signature of a layer's ``call`` in Keras, and a call as it is bound to the signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from convcalc.errors import WiringError, did_you_mean, one_of
from convcalc.script import Call, Ref

T = TypeVar("T")


class Signature:
    """The arguments of a kind's ``call`` in Keras: ``inputs`` that the layer works on, further ``tensors``, options.

    The layer works on ``least`` to ``most`` tensors, None for any number; with ``in_list`` Keras wants them in one
    list, and with ``alone_in_list`` a list of one tensor means something else than the tensor alone. A tensor in
    ``lists`` is given as a list of tensors. Every kind has the option ``training``. Output shapes depend on
    ``shaping`` options. With the option ``unmasked`` the output has no mask.
    """

    __slots__ = (
        "alone_in_list", "in_list", "inputs", "least", "lists", "most", "options", "shaping", "tensors", "unmasked",
    )  # fmt: skip

    def __init__(
        self,
        *inputs: str,
        least: int = 1,
        most: int | None = 1,
        in_list: bool = False,
        alone_in_list: bool = False,
        tensors: tuple[str, ...] = (),
        lists: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
        shaping: tuple[str, ...] = (),
        unmasked: str = "",
    ) -> None:
        self.inputs = inputs
        self.least = least
        self.most = most
        self.in_list = in_list
        self.alone_in_list = alone_in_list
        self.tensors = tensors
        self.lists = lists
        self.options = (*options, *shaping, "training")
        self.shaping = shaping
        self.unmasked = unmasked

    @property
    def names(self) -> tuple[str, ...]:
        """Every argument by name."""
        return (*self.inputs, *self.tensors, *self.options)

    @property
    def is_of_cell(self) -> bool:
        """Whether the layer is a cell, which a recurrent layer can repeat at every time step: it works on states."""
        return "states" in self.inputs


def check_count(kind: str, number: int, least: int, most: int | None) -> None:
    """Refuses a number of inputs that a kind does not take: it takes ``least`` to ``most``, None for any number."""
    if least <= number and (most is None or number <= most):
        return
    upper = " or more" if most is None else "" if most == least else f" to {most}"
    noun = "input" if least == most == 1 else "inputs"
    raise WiringError(
        f"{kind} takes {least}{upper} {noun}, got {number}",
        code="input-count",
        why="a layer in a chain has one input, the output above it" if number == 1 else None,
        help="use it in a graph, where a layer names its inputs: `from: [a, b]`" if number == 1 else None,
    )


# The signature of a nested model.
NESTED = Signature("inputs", tensors=("mask",), lists=("mask",))


class Binding:
    """A call bound to the signature of its layer: the argument that each tensor of the call is given as, and options.

    Tensors are numbered in Keras's order: first the tensors given by place, then the tensors given by name. ``main``
    are the numbers of the tensors that the layer works on. ``named`` are the numbers of the other tensors, by
    argument. ``missing`` is the first input that the call leaves out.
    """

    __slots__ = ("lists", "main", "missing", "named", "options", "order", "shaping")

    def __init__(self, signature: Signature, roles: Sequence[str], options: dict[str, Any]) -> None:
        self.order = sorted(range(len(roles)), key=lambda number: roles[number])
        places = [(_place(signature, roles[at], number), number) for number, at in enumerate(self.order)]
        taken = sorted((place, number) for place, number in places if place is not None)
        self.main = [number for _, number in taken]
        gap = next((at for at in range(taken[-1][0] if taken else 1) if at not in dict(taken)), None)
        self.missing = None if gap is None else signature.inputs[gap]
        self.named: dict[str, list[int]] = {}
        for number, at in enumerate(self.order):
            if number not in self.main:
                self.named.setdefault(roles[at], []).append(number)
        self.options = options
        self.lists = signature.lists
        self.shaping = {name: options[name] for name in signature.shaping if name in options}

    @property
    def training(self) -> bool | None:
        """The option ``training`` of the call; None where the call does not say."""
        return self.options.get("training")

    def tensors(self, values: Sequence[T]) -> dict[str, Any]:
        """The tensors that the layer does not work on, by argument: one of ``values``, or a list of them."""
        return {
            name: [values[number] for number in numbers] if name in self.lists else values[numbers[0]]
            for name, numbers in self.named.items()
        }


def works_on(binding: Binding | None, values: Sequence[T]) -> list[T]:
    """The values of the tensors that the layer works on, given one value for each tensor of a call."""
    return list(values) if binding is None else [values[number] for number in binding.main]


def _place(signature: Signature, role: str, number: int) -> int | None:
    """The number of the input that a tensor is; None where the layer does not work on the tensor."""
    if not role:
        return number  # tensors given by place come first
    return signature.inputs.index(role) if role in signature.inputs else None


def bind_call(call: Call, signature: Signature, kind: str) -> Binding | None:
    """The call bound to the signature; `WiringError` for a wrong argument.

    None where the call gives nothing but tensors by place, and where only Python code knows the tensors.
    """
    listed = call.listed and signature.alone_in_list and len(call.inputs or ()) == 1
    if call.opaque or not (call.options or any(call.roles) or listed):
        return None
    for role, ref in zip(call.roles, call.inputs or (), strict=bool(call.roles)):
        _check_tensor(role, ref, call.roles, signature, kind)
    options = {}
    for name, given in call.options.items():
        if name not in signature.names:
            raise _unknown(name, given.key or call.place, signature, kind)
        if name in signature.options:
            options[name] = given.value
        elif given.value is not None:
            message = f"{name} must be the name of a layer, whose output it is, got {given.value!r}"
            raise WiringError(message, code="call-argument", span=given.place or call.place)
    found = Binding(signature, call.roles or ("",) * len(call.inputs or ("",)), options)
    if found.missing:
        raise WiringError(f"a call of {kind} needs {found.missing}", code="call-argument", span=call.place)
    if listed:
        found.shaping["listed"] = True
    return found


def _check_tensor(role: str, ref: Ref, roles: Sequence[str], signature: Signature, kind: str) -> None:
    """Refuses a tensor as an argument that the signature does not have, or that is no tensor."""
    if role and role not in signature.names:
        raise _unknown(role, ref.place, signature, kind)
    if role in signature.options:
        raise WiringError(f"{role} is a value, not a layer's output", code="call-argument", span=ref.place)
    if role and roles.count(role) > 1 and role not in signature.lists:
        raise WiringError(f"{role} is one tensor, got {roles.count(role)}", code="call-argument", span=ref.place)


def _unknown(name: str, span: Any, signature: Signature, kind: str) -> WiringError:
    return WiringError(
        f"a call of {kind} has no argument {name!r}",
        code="unknown-call-argument",
        span=span,
        help=did_you_mean(name, signature.names) or f"it takes {one_of(signature.names)}",
    )
