"""Declared arguments: a layer names each of Keras's once, with type, default and meaning; calls are bound to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.declare import types as t
from convcalc.errors import ArgumentError, ConvcalcError, did_you_mean, one_of, raise_all, shown

_REQUIRED: Any = object()


class Argument:
    """One declared argument: its type, default, and what it means.

    A ``default`` may be the name of another argument behind ``same_as``; None as default means that
    None is accepted.
    """

    __slots__ = ("attribute", "default", "doc", "name", "same_as", "type")

    def __init__(self, type: t.Type, default: Any, doc: str, same_as: str | None) -> None:
        self.name = self.attribute = ""
        self.type = type
        self.default = default
        self.doc = doc
        self.same_as = same_as

    def declared(self, attribute: str) -> Argument:
        """Itself, under the name of a layer's attribute; ``weights_`` is an argument named like a rule of the layer."""
        self.attribute = attribute
        self.name = attribute.removesuffix("_")
        return self

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is _REQUIRED

    def read(self, value: Any, rank: int) -> Any:
        """The canonical value; `ArgumentError` when it is not accepted."""
        if value is None and self.default is None and not self.type.reads_none:
            return None
        try:
            return self.type.read(value, rank)
        except t.MismatchError as error:
            reason = str(error) or f"must be {self.type.expected(rank)}, got {shown(value)}"
            hint = None if str(error) else self.type.hint(value)
            raise ArgumentError(f"{self.name} {reason}", code="bad-value", argument=self.name, help=hint) from None


def arg(type: t.Type, *, default: Any = _REQUIRED, doc: str, same_as: str | None = None) -> Any:
    """Declares an argument; without a ``default`` a call must give it."""
    return Argument(type, None if same_as else default, doc, same_as)


def common_arguments() -> dict[str, Argument]:
    """The arguments that every layer takes by keyword (Keras's ``Layer.__init__``)."""
    declared = {
        "name": arg(t.label, default=None, doc="the layer's name in the model"),
        "trainable": arg(t.strict_flag, default=True, doc="whether its weights count as trainable"),
        "dtype": arg(t.policy, default="float32", doc="dtype or dtype policy of weights and computation"),
        "activity_regularizer": arg(t.regularizer, default=None, doc="penalty on the output, in training"),
        "autocast": arg(t.flag, default=True, doc="whether inputs are cast to the layer's dtype"),
        "input_shape": arg(t.dims, default=None, doc="the model's input without the batch, on a first layer"),
        "input_dim": arg(t.positive, default=None, doc="the model's one input size, on a first layer"),
    }
    return {argument.declared(name).name: argument for name, argument in declared.items()}


def bind(kind: Any, positional: Sequence[Any], named: dict[str, Any]) -> dict[str, Any]:
    """What a call gives a kind of layer: values by argument name, read; all that is wrong is reported together."""
    order = list(kind.arguments)
    errors: list[ConvcalcError] = []
    if len(positional) > len(order):
        many = f"{kind.__name__} takes {len(order)} positional arguments, got {len(positional)}"
        errors.append(ArgumentError(many, code="too-many-arguments", why=f"they are {', '.join(order)}"))
    given = dict(zip(order, positional, strict=False))
    errors += [_twice(name) for name in named if name in given]
    given.update(named)
    given.update({new: given.pop(old) for old, new in kind.renamed.items() if old in given})
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = _accept(kind, name).read(value, kind.rank)
        except ArgumentError as error:
            errors.append(error)
    missing = [n for n, a in kind.arguments.items() if a.required and n not in given]
    # A misspelt argument is one mistake, not also a missing one.
    if all(error.code != "unknown-argument" for error in errors):
        errors += [_missing(kind, name) for name in missing]
    raise_all(errors)
    return values


def _accept(kind: Any, name: str) -> Argument:
    if name in kind.accepted:
        accepted: Argument = kind.accepted[name]
        return accepted
    raise ArgumentError(
        f"{kind.__name__} has no argument {name!r}",
        code="unknown-argument",
        argument=name,
        value_at_fault=False,
        help=did_you_mean(name, kind.accepted) or f"it takes {one_of(kind.arguments) if kind.arguments else 'none'}",
    )


def _missing(kind: Any, name: str) -> ArgumentError:
    doc = kind.arguments[name].doc
    return ArgumentError(f"{kind.__name__} needs {name}", code="missing-argument", why=f"{name}: {doc}")


def _twice(name: str) -> ArgumentError:
    return ArgumentError(f"{name} is given twice", code="argument-twice", argument=name)
