"""Names, order and defaults of arguments, the tables of names, and automatic names: those of the live Keras."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from convcalc.compute.activations import ACTIVATIONS  # noqa: E402
from convcalc.declare import types as t  # noqa: E402
from convcalc.declare.layer import Layer  # noqa: E402
from convcalc.declare.naming import snake_case  # noqa: E402
from convcalc.layers import UNCOVERED, find  # noqa: E402
from tests.kinds import every_kind, every_name, live  # noqa: E402

pytestmark = pytest.mark.keras

# Keras's one function beside its class, with a name of its own for the same argument.
RENAMED = {("Input", "tensor"): "input_tensor"}


def parameters(name: str) -> dict[str, Any]:
    """Keras's arguments by name with their defaults, those common to all layers left out."""
    signature = inspect.signature(live(keras, name))
    return {
        p.name: p.default
        for p in signature.parameters.values()
        if p.kind is not p.VAR_KEYWORD and not common(p.name, find(name))
    }


def common(argument: str, kind: type[Layer]) -> bool:
    """Whether it is an argument of every layer and not one of the kind's own."""
    return argument in Layer.common and argument not in kind.arguments


@pytest.mark.parametrize("name", every_name())
def test_arguments_are_keras_in_keras_order(name: str) -> None:
    """Every kind and alias takes Keras's arguments, in Keras's positional order."""
    kind = find(name)
    theirs = [RENAMED.get((name, argument), argument) for argument in parameters(name)]
    assert list(kind.arguments) == theirs


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_defaults_are_keras(kind: type[Layer]) -> None:
    """Every default reads as Keras's does, and what Keras requires is required."""
    for name, default in parameters(kind.__name__).items():
        argument = kind.arguments[name]
        assert argument.required == (default is inspect.Parameter.empty), name
        if not argument.required:
            ours = argument.read(argument.default, kind.rank)
            assert ours == argument.read(default, kind.rank), f"{name}={argument.default!r}, in Keras {default!r}"


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_automatic_name_is_keras(kind: type[Layer]) -> None:
    """The snake-case name is the one that Keras gives to the first layer of the class."""
    assert snake_case(kind.__name__) == keras.src.utils.naming.to_snake_case(live(keras, kind.__name__).__name__)


TABLES = {
    "activations": (keras.activations, None, ACTIVATIONS),
    "initializers": (keras.initializers, keras.initializers.Initializer, t.initializer.table),
    "regularizers": (keras.regularizers, keras.regularizers.Regularizer, t.regularizer.table),
    "constraints": (keras.constraints, keras.constraints.Constraint, t.constraint.table),
}


def taken(get: Any, name: str) -> bool:
    """Whether a Keras ``get`` knows the name, be it that an option or a package is missing."""
    try:
        get(name)
    except (ValueError, TypeError):
        return False
    except (KeyError, ImportError):
        return True
    return True


@pytest.mark.parametrize("table", TABLES)
def test_names_are_keras(table: str) -> None:
    """The names of activations, initializers, regularizers and constraints are those that Keras takes."""
    module, abstract, ours = TABLES[table]
    known = [n for n, value in module.get.__globals__["ALL_OBJECTS_DICT"].items() if value is not abstract]
    assert set(ours) == {name for name in {*known, *ours} if isinstance(name, str) and taken(module.get, name)}


def test_every_class_is_covered_or_has_a_reason_not_to_be() -> None:
    """The kinds and the classes listed as uncovered are the public classes of Keras's layers, and nothing else."""
    public = {name for name in dir(keras.layers) if inspect.isclass(getattr(keras.layers, name))}
    covered = {name for name in every_name() if hasattr(keras.layers, name)}
    assert covered | set(UNCOVERED) == public | {"Input"}
