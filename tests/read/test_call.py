"""Inline stacks: calls in Python's syntax, literals only."""

from __future__ import annotations

import keyword
import string
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import ConvcalcError, ReadError
from convcalc.read import load, read_script
from convcalc.script import Call, Given


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Conv1D(2, 4) | Flatten | Dense(10)", "[Conv1D(2, 4), Flatten(), Dense(10)]"),
        ("Conv1D(2,\n  4)\n\nFlatten\n| Dense(10) # end", "[Conv1D(2, 4), Flatten(), Dense(10)]"),
        ("f(a='|', b=\"#\\\"\", c='''\n''')", "[f(a='|', b='#\"', c='\\n')]"),
        ("f(-1, +2, -(-3), 2 * 8, 7 // 2, 2 ** 10, 1 / 4, 7 % 4, 3 - 0.5)", "[f(-1, 2, 3, 16, 3, 1024, 0.25, 3, 2.5)]"),
        ("f(True, true, None, null, False, false)", "[f(True, True, None, None, False, False)]"),
        ("f((1, 2), [3, (4,)], {'a': {1: ()}})", "[f((1, 2), [3, (4,)], {'a': {1: ()}})]"),
        ("f(g(1, a=h()), b=x.y.z)", "[f(g(1, a=h()), b='z')]"),
        ("tf.keras.layers.Dense(2)", "[tf.keras.layers.Dense(2)]"),
        ("tf.nn.conv2d(x, 2, 3)", "[tf.nn.conv2d(2, 3)]"),
        ("tf.layers.conv2d(inputs=net, filters=2)", "[tf.layers.conv2d(filters=2)]"),
        ("tf.layers.conv2d(2, 3)", "[tf.layers.conv2d(2, 3)]"),
        ("keras.Sequential([Input((4, 1)), Flatten])", "[Input((4, 1)), Flatten()]"),
        ("Sequential()", "[]"),
    ],
)
def test_calls(text: str, calls: str) -> None:
    """A text becomes exactly these calls and values."""
    assert repr(read_script(text).layers) == calls


def test_whole_model_has_its_name() -> None:
    """``Sequential`` alone is the model, not a model in a model."""
    script = read_script('keras.Sequential([Flatten()], name="m")')
    assert script.name
    assert script.name.value == "m"


@pytest.mark.parametrize(
    "text",
    [
        "f(__import__('os').system('true'))",
        "f([].append(1))",
        "f(lambda: 1)",
        "f(x := 1)",
        "f(1 if 2 else 3)",
        "f(f'{1}')",
        "f(b'1')",
        "f(1j)",
        "f(...)",
        "f({1, 2})",
        "f(1 < 2)",
        "f(not 1)",
        "f('a' * 3)",
        "f([1] * 3)",
        "f(9**9**9)",
        "f(2**-1**9999999)",
        "f((-8) ** 0.5)",
        "f(1e308 ** 2)",
        "f(1 << 9)",
        "f({**a})",
        "f({[]: 1})",
        "f(await x)",
    ],
)
def test_nothing_but_values(text: str) -> None:
    """What is not a plain, bounded value is refused, and never run."""
    with pytest.raises(ReadError):
        read_script(text)


DEEP = [
    "-" * 300_000 + "1",
    "+".join("1" * 300_000),
    "a" + ".b" * 300_000,
    "g" + "()" * 300_000,
    "not " * 300_000 + "1",
]


@pytest.mark.parametrize(
    "inside", [*DEEP, "(" * 300_000, "9" * 300_000, "1 if 1 else " * 300_000 + "1", "lambda:" * 300_000]
)
def test_monsters(inside: str) -> None:
    """A text that would overrun Python's parser is an error like any other."""
    with pytest.raises(ReadError):
        read_script(f"f({inside})")


kinds = st.text(string.ascii_letters + "_é", min_size=1, max_size=8).filter(
    lambda name: name.isidentifier() and not keyword.iskeyword(name)
)
numbers = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=8)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple), max_leaves=8
)


@st.composite
def calls(draw: Any) -> Call:
    """A call of any kind with any values."""
    positional = tuple(Given(value) for value in draw(st.lists(values, max_size=3)))
    named = {name: Given(value) for name, value in draw(st.dictionaries(kinds, values, max_size=3)).items()}
    return Call(draw(kinds), positional, named)


@given(st.lists(calls(), min_size=1, max_size=4))
def test_round_trip(chain: list[Call]) -> None:
    """Calls written out are read back as they were."""
    text = " | ".join(f"{call}" for call in chain)
    assert repr(read_script(text).layers) == repr(chain)


@given(st.text(max_size=40) | st.text("Conv1D(2,4)|[]{}\"'\n#:- =*&!.", max_size=40))
def test_garbage(text: str) -> None:
    """Whatever text there is, it is a model or a `ConvcalcError`."""
    for whole in (
        f"Conv1D({text}",
        f"layers:\n - {text}",
        f"layers: {text}\n",
        f"{{{text}\n",
        text.replace("/", "") + "\n",
    ):
        with suppress(ConvcalcError):
            load(whole, input_shape=(4, 4))
