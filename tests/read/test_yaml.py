"""YAML: the scalars of version 1.2, places, aliases and their bounds."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from convcalc.errors import ReadError
from convcalc.read import read_script
from convcalc.read.document.yaml import parse, resolve
from convcalc.source import Source, Span

# From the tables of the core schema, YAML 1.2.2 section 10.3.2, and what YAML 1.1 would have made of it.
SCALARS: list[tuple[str, Any]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("nUll", "nUll"),
    ("true", True),
    ("False", False),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("y", "y"),
    ("0", 0),
    ("-19", -19),
    ("+7", 7),
    ("010", 10),
    ("0o14", 12),
    ("0x3A", 58),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("0.", 0.0),
    ("-0.0", -0.0),
    (".5", 0.5),
    ("1e-3", 0.001),
    ("+12e03", 12000.0),
    ("-2E+05", -200000.0),
    ("12e", "12e"),
    (".", "."),
    (".inf", math.inf),
    ("-.Inf", -math.inf),
    ("+.INF", math.inf),
    ("inf", "inf"),
    ("2001-12-14", "2001-12-14"),
    ("1,000", "1,000"),
    ("0o8", "0o8"),
    ("٣", "٣"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_core_schema(text: str, value: Any) -> None:
    """An unquoted scalar has the value and the type that YAML 1.2 gives it."""
    assert (type(resolve(text)), resolve(text)) == (type(value), value)


def test_nan() -> None:
    """``.nan`` is not a number, and ``nan`` is a text."""
    assert math.isnan(resolve(".NaN"))
    assert resolve("nan") == "nan"


def plain(text: str) -> Any:
    """The plain value of a YAML text."""
    root = parse(Source("t.yaml", text))
    return root and root.plain()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: '1'\nb: \"no\"\nc: 1", {"a": "1", "b": "no", "c": 1}),
        ("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}),
        ("- |\n  two\n  lines\n- >\n  one\n  line", ["two\nlines\n", "one line"]),
        ("", None),
        ("# only a comment", None),
        ("{}", {}),
        ("1: one", {"1": "one"}),
        ("%YAML 1.2\n---\na: no", {"a": "no"}),
    ],
)
def test_values(text: str, value: Any) -> None:
    """Collections, quotes, blocks and aliases have their usual values; keys are text."""
    assert plain(text) == value


def test_aliases_are_bounded_in_no_time() -> None:
    """A thousand million laughs are refused before one is heard."""
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    start = time.perf_counter()
    with pytest.raises(ReadError, match="expand") as caught:
        plain("\n".join(lines))
    assert caught.value.code == "expands"
    assert time.perf_counter() - start < 1


def test_a_deep_chain_of_aliases_is_too_deep() -> None:
    """Depth counts what aliases stand for, not what is written."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)]
    with pytest.raises(ReadError, match="nested more than 100 deep"):
        plain("\n".join(lines))


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
@pytest.mark.parametrize("depth", [101, 100_000])
def test_depth_is_bounded(opening: str, depth: int) -> None:
    """Nesting that would overrun the C parser's stack is an error like any other."""
    with pytest.raises(ReadError) as caught:
        plain(opening * depth)
    assert caught.value.code in ("too-deep", "bad-yaml", "unclosed")


DOCUMENT = """\
name: größe 𝒳  # not ASCII
layers:
  - Conv1D(2, 4,
      padding="caus", groups=1)
  - 'Conv1D(2, kernel_size=(3, "é"))'
  - "Conv1D(2, padding=\\"same\\")"
  - Conv1D: {filters: 2, kernel_size: HeNormal(seed=1)}
"""


def places(text: str) -> list[tuple[str, str]]:
    """The characters under every argument's key and value."""
    found = []
    for call in read_script(text).layers:
        for given in (*call.positional, *call.named.values()):
            at, key = given.place, given.key
            assert isinstance(at, Span)
            marked = at.source.text[key.start : key.end] if isinstance(key, Span) else ""
            found.append((marked, at.source.text[at.start : at.end]))
    return found


def test_places_inside_inline_calls() -> None:
    """Places point at the very characters of the YAML; escapes, which move them, leave the whole scalar."""
    escaped = '"Conv1D(2, padding=\\"same\\")"'
    assert places(DOCUMENT) == [
        ("", "2"),
        ("", "4"),
        ("padding", '"caus"'),
        ("groups", "1"),
        ("", "2"),
        ("kernel_size", '(3, "é")'),
        ("", escaped),
        (escaped, escaped),
        ("filters", "2"),
        ("kernel_size", "HeNormal(seed=1)"),
    ]


def test_lines_and_columns_count_characters() -> None:
    """A place after characters of two and four bytes, and after CRLF line breaks, has the editor's numbers."""
    script = read_script(DOCUMENT.replace("\n", "\r\n"))
    padding, kernel_size = script.layers[0].named["padding"].place, script.layers[1].named["kernel_size"].place
    assert isinstance(padding, Span)
    assert isinstance(kernel_size, Span)
    assert (padding.line, padding.column, padding.length) == (4, 15, 6)
    assert (kernel_size.line, kernel_size.column, kernel_size.length) == (5, 28, 8)
