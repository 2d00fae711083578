"""YAML as document nodes: PyYAML's composer for the syntax, YAML 1.2's core schema for the scalars."""

from __future__ import annotations

import re
from typing import Any

import yaml

from convcalc.errors import ReadError
from convcalc.read.document.node import Locate
from convcalc.source import Source, Span

MOST_DEPTH = 100
# How many values aliases may add to those that are written.
MOST_COPIES = 1_000_000

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser):  # type: ignore[misc]
    """A parser that composes nodes, gives no tag to what has none, and does not nest beyond `MOST_DEPTH`."""

    depth = 0

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """No tag, so that a tag found later was written."""
        return ""

    def descend_resolver(self, parent: Any, index: Any) -> None:
        """Called by the composer on the way down: the C composer would overrun the stack of the machine."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _TooDeepError(parent)

    def ascend_resolver(self) -> None:
        """Called by the composer on the way up."""
        self.depth -= 1


class _TooDeepError(Exception):
    """The composer is deeper than `MOST_DEPTH`, in the node that is its argument."""


class YamlNode:
    """A node of PyYAML's, and that of its key, with the source that they point into."""

    __slots__ = ("_key", "source", "yaml")

    def __init__(self, source: Source, node: Any, key: Any = None) -> None:
        self.source = source
        self.yaml = node
        self._key = key

    @property
    def key(self) -> str:
        """Its key, as written."""
        return str(self._key.value)

    @property
    def key_place(self) -> Span:
        """Where the key stands."""
        return self._at(self._key)

    @property
    def place(self) -> Span:
        """Where the value stands."""
        return self._at(self.yaml)

    def entries(self) -> list[YamlNode] | None:
        """The mapping's values; keys are text as written, and each may stand once."""
        if not isinstance(self.yaml, yaml.MappingNode):
            return None
        return [YamlNode(self.source, value, key) for key, value in self._pairs()]

    def _pairs(self) -> list[tuple[Any, Any]]:
        seen: set[str] = set()
        for key, _ in self.yaml.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ReadError("a key must be a word, not a list or a mapping", code="bad-key", span=self._at(key))
            if key.value in seen:
                twice = f"the key {key.value!r} is given twice"
                raise ReadError(twice, code="duplicate-key", span=self._at(key), help="keep one of them")
            seen.add(key.value)
        return list(self.yaml.value)

    def _at(self, node: Any) -> Span:
        return _span(self.source, node)

    def members(self) -> list[YamlNode] | None:
        """The members of a list."""
        if not isinstance(self.yaml, yaml.SequenceNode):
            return None
        return [YamlNode(self.source, member) for member in self.yaml.value]

    def plain(self) -> Any:
        """The value, scalars resolved by YAML 1.2's core schema."""
        if isinstance(self.yaml, yaml.ScalarNode):
            return self.yaml.value if self.yaml.style else self._scalar(self.yaml.value)
        if isinstance(self.yaml, yaml.SequenceNode):
            return [YamlNode(self.source, member).plain() for member in self.yaml.value]
        return {key.value: YamlNode(self.source, value).plain() for key, value in self._pairs()}

    def _scalar(self, text: str) -> Any:
        try:
            return resolve(text)
        except ValueError:
            raise ReadError("this number has too many digits", code="bad-number", span=self.place) from None

    def inline(self) -> tuple[str, Locate]:
        """The text, and its places character by character unless escapes or folding moved them."""
        start, end = self.place.start, self.place.end
        quote = 1 if self.yaml.style in ("'", '"') else 0
        raw = self.source.text[start + quote : end - quote]
        if not self.yaml.style or raw == self.yaml.value:
            return raw, lambda first, last: Span(self.source, start + quote + first, start + quote + last)
        return self.yaml.value, lambda first, last: self.place


def resolve(text: str) -> Any:
    """The value of an unquoted scalar by YAML 1.2's core schema: ``no`` and ``1:30`` are text, ``1e-3`` is not.

    `ValueError` for an integer of more digits than Python converts.
    """
    if _NULL.fullmatch(text):
        return None
    flag = _BOOL.fullmatch(text)
    if flag:
        return bool(flag[1])
    if _INT.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text, base)
    if not _FLOAT.fullmatch(text):
        return text
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def parse(source: Source) -> YamlNode | None:
    """A YAML text as nodes, None when it is empty.

    `ReadError` for what is not YAML, for tags, and for aliases that would expand without bound.
    """
    try:
        root = yaml.compose(source.text, Loader=_Loader)
    except _TooDeepError as error:
        at = error.args[0].start_mark.index  # it has no end yet
        raise _too_deep(Span(source, at, at + 1)) from None
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(source, error) from None
    except yaml.reader.ReaderError as error:
        at = source.text.find(chr(error.character))  # its own position counts bytes
        what = f"the character U+{error.character:04X} is not allowed in YAML"
        raise ReadError(what, code="bad-yaml", span=Span(source, at, at + 1)) from None
    if root is None:
        return None
    if "&" in source.text or "!" in source.text:  # else there are no anchors and no tags
        _Measure(source).check(root)
    return YamlNode(source, root)


class _Measure:
    """Walks each written node once: refuses tags, endless aliases and deep nesting, before anything expands."""

    def __init__(self, source: Source) -> None:
        self.source = source
        # By identity: values and depth with aliases expanded; None while the walk is inside.
        self.known: dict[int, tuple[int, int] | None] = {}

    def check(self, root: Any) -> None:
        """`ReadError` when the document is not a tree of reasonable size."""
        size, _ = self.measure(root)
        if size > len(self.known) + MOST_COPIES:
            raise ReadError(
                f"the aliases expand to {size:,} values",
                code="expands",
                span=_span(self.source, root),
                why=f"aliases may add {MOST_COPIES:,} values to the {len(self.known):,} that are written",
                help="use `repeat` for layers that occur many times",
            )

    def measure(self, node: Any) -> tuple[int, int]:
        """Values and depth of the expanded node."""
        key = id(node)
        if key in self.known:
            measured = self.known[key]
            if measured is None:
                raise ReadError("an anchor's value holds its own alias", code="expands", span=_span(self.source, node))
            return measured
        self._refuse_tag(node)
        self.known[key] = None
        below = [self.measure(child) for child in _children(node)]
        depth = 1 + max((depth for _, depth in below), default=0)
        if depth > MOST_DEPTH:
            raise _too_deep(_span(self.source, node))
        self.known[key] = measured = 1 + sum(size for size, _ in below), depth
        return measured

    def _refuse_tag(self, node: Any) -> None:
        if node.tag:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            raise ReadError(
                f"the tag {tag!r} is not read",
                code="yaml-tag",
                span=_span(self.source, node),
                why="a model holds plain values; nothing in it is ever made or executed",
                help="leave the tag out; quotes make a text of any value",
            )


def _children(node: Any) -> list[Any]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _span(source: Source, node: Any) -> Span:
    return Span(source, node.start_mark.index, node.end_mark.index)


def _too_deep(span: Span) -> ReadError:
    return ReadError(f"this is nested more than {MOST_DEPTH} deep", code="too-deep", span=span)


# Parts of PyYAML's problems, as its two parsers word them: what is wrong, and what to do about it.
_PROBLEMS = {
    "mapping values are not allowed": (
        "a ': ' stands where no key can",
        "put a text that holds ': ' in quotes, or check the indentation",
    ),
    "cannot start any token": (
        "no value begins with this character",
        "put a text that begins with it in quotes; indent with spaces, not tabs",
    ),
    "tab": ("a tab cannot indent", "indent with spaces"),
    "another document": ("a second document begins here", "a file holds one model; give several files"),
    "undefined alias": ("this *alias has no &anchor above it", None),
    **dict.fromkeys(
        ("expected key", "<block end>", "'-' indicator"),
        ("a key or an item was expected here", "put a call that holds ': ' in quotes, or check the indentation"),
    ),
}


def _syntax_error(source: Source, error: Any) -> ReadError:
    """PyYAML's error in our words; an unclosed bracket or quote is shown where it opens."""
    mark, problem = error.problem_mark or error.context_mark, error.problem or error.context
    span = Span(source, mark.index, mark.index + 1)
    if re.search(r"flow (sequence|mapping)|quoted scalar", error.context or ""):
        at = error.context_mark.index
        opening = source.text[at : at + 1]
        why = f"what should close it, or a comma, is missing at line {span.line}, column {span.column}"
        return ReadError(f"this {opening} is not closed", code="unclosed", span=Span(source, at, at + 1), why=why)
    what, help = next((words for part, words in _PROBLEMS.items() if part in problem), (problem, None))
    return ReadError(f"this is not YAML: {what}", code="bad-yaml", span=span, help=help)
