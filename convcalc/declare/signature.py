"""The signature of a layer's ``call`` in Keras, and a call as it is bound to the signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from convcalc.errors import WiringError, did_you_mean, one_of
from convcalc.script import Call, Ref

T = TypeVar("T")


class Signature:
    """The arguments of a kind's ``call`` in Keras: ``inputs`` that the layer works on, further ``tensors``, options.

    Every kind has the option ``training``. A tensor in ``lists`` is given as a list of tensors. Output shapes depend
    on ``shaping`` options. With the option ``unmasked`` the output has no mask. ``listed`` says that a list of one
    tensor means something else than the tensor alone.
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
    signature: ClassVar[Signature] = Signature("inputs")
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
    listed = call.listed and signature.listed and len(call.inputs or ()) == 1
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
