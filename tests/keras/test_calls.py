"""Calls and masks of every kind as real Keras declares them."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

keras: Any = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from convcalc.declare.layer import Layer  # noqa: E402
from convcalc.tools.catalog import construct, sample  # noqa: E402
from tests.kinds import every_kind, live  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

KINDS = [kind for kind in every_kind() if kind.__name__ != "InputLayer" and not kind.is_cell]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_call_takes_what_keras_takes(kind: type[Layer]) -> None:
    """What a kind works on, further tensors in their order, and options are the parameters of Keras's ``call``."""
    called = inspect.signature(live(keras, kind.__name__).call).parameters.values()
    _, *names = (one.name for one in called if one.kind is not one.VAR_KEYWORD)
    accepts = kind.call
    assert [name for name in names if name not in accepts.options] == [*accepts.inputs, *accepts.tensors]
    assert {*accepts.options} == {"training"} | {name for name in names if name in accepts.options}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_supports_masking_where_keras_does(kind: type[Layer]) -> None:
    """Masks pass through the kinds that Keras says so of; an Embedding makes them where zeros are masked."""
    code = sample(kind)[0]
    code = f"{code[:-1]}, mask_zero=True)" if "mask_zero" in kind.arguments else code
    theirs = construct(ast.parse(code, mode="eval").body, lambda name: live(keras, name))
    assert kind.supports_masking == theirs.supports_masking
