"""The plain-text tables of earlier Keras, with the automatic names of their time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from convcalc.declare.naming import snake_case
from convcalc.errors import ConvcalcError
from convcalc.sizes.widths import fitting, padded, width
from convcalc.stack.graph import Input, Node
from convcalc.summary.figures import Summary
from convcalc.summary.rows import Row
from convcalc.write import wording

_HEADER = ("Layer (type)", "Output Shape", "Param #", "Connected to", "Trainable")
# Where columns end, as parts of the line, and its length: of a chain, and of graphs with connections.
_ENDS = (0.45, 0.85, 1.0)
_LENGTH = 65
_GRAPH_ENDS = (0.3, 0.6, 0.7, 1.0)
_GRAPH_LENGTH = 98
# A column for `trainable` makes the line longer.
_TRAINABLE = 11
_UNITS = ("Byte", *wording.UNITS[1:])
# Inside a list tf.keras begins a new line behind each member.
_LIST_BREAK = re.compile(r".*?[)}\]'],")
# What tf.keras leaves blank between columns, the one before the line included.
_GAP = 3
_INPUT = "InputLayer"
# Kinds that are not named after their class in Keras 3.
_BASES = {_INPUT: "input", "Functional": "model"}


class Options:
    """What the caller asks of the table, by the names of Keras's ``model.summary()``."""

    __slots__ = ("columns", "expand_nested", "layer_range", "line_length", "show_trainable")

    def __init__(
        self,
        line_length: int | None,
        show_trainable: bool,
        expand_nested: bool,
        layer_range: Sequence[str] | None,
        columns: Sequence[str] | None,
    ) -> None:
        self.line_length = line_length
        self.show_trainable = show_trainable
        self.expand_nested = expand_nested
        self.layer_range = layer_range
        self.columns = columns

    def refuse(self, style: str, *names: str) -> None:
        """Raises `ConvcalcError` when one of these is asked for: the style has nothing of the kind."""
        for name in names:
            if getattr(self, name):
                help = f"leave {name} out, or use the style 'keras'"
                raise ConvcalcError(f"the {style} table has no {name}", code="not-in-style", help=help)


def text(summary: Summary, style: str, options: Options) -> str:
    """The table of tf.keras 2.13 to 2.15 (``keras2``), or of Keras 2.0 to 2.2.4 (``classic``)."""
    if not summary.is_known:
        raise ConvcalcError(
            "the model's input is unknown",
            code="unbuilt",
            why=f"the {style} table is of models with known shapes; Keras 2 raised an error here",
            help="give an input shape, or use the style 'keras'",
        )
    if not summary.is_chain and style == "classic":
        message = "the classic table of a graph is not supported yet"
        raise ConvcalcError(message, code="not-yet", help="use the style 'keras2' or 'keras3'")
    return "\n".join(_keras2(summary, options) if style == "keras2" else _classic(summary, options))


def _classic(summary: Summary, options: Options) -> Iterator[str]:
    options.refuse("classic", "columns", "show_trainable", "expand_nested", "layer_range")
    length = options.line_length or _LENGTH
    ends = [int(length * end) for end in _ENDS]
    rows = wording.between(_Names(1, digits=True).rows(summary), False, None)
    yield "_" * length
    yield _cut_row(_HEADER[:3], ends)
    yield "=" * length
    for left, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        yield _cut_row((wording.layer(row), _shape(row, bool(row.more)), _params(row)), ends)
        yield ("_" if left else "=") * length
    for label, count, _ in wording.footer(summary):
        yield f"{label}: {count:,}"
    yield "_" * length


def _cut_row(texts: Iterable[str], ends: Iterable[int]) -> str:
    """Texts that begin where the one before ends, cut there; the last place before each is kept blank."""
    line = ""
    for text, end in zip(texts, ends, strict=True):
        line = f"{line[: fitting(line, width(line) - 1)]} {text}" if line else text
        line = padded(line[: fitting(line, end)], end)
    return line


def _keras2(summary: Summary, options: Options) -> Iterator[str]:
    options.refuse("keras2", "columns")
    names = _Names(0, digits=False)
    rows = wording.between(names.rows(summary), options.expand_nested, options.layer_range)
    parts, usual = (_ENDS, _LENGTH) if summary.is_chain else (_GRAPH_ENDS, _GRAPH_LENGTH)
    ends = [int((options.line_length or usual) * end) for end in parts]
    shown = [True, True, True, not summary.is_chain, options.show_trainable]
    if options.show_trainable:
        ends.append(ends[-1] + _TRAINABLE)
    length = ends[-1]
    yield f'Model: "{summary.name if summary.named else names.next(summary.class_name)}"'
    yield "_" * length
    yield from _wrapped_row([*compress(_HEADER, shown)], ends, 0)
    yield "=" * length
    for row, below in zip(rows, [*(row.depth for row in rows), 0][1:], strict=True):
        yield from _wrapped_row([*compress(_fields(row, names), shown)], ends, row.depth)
        yield from _frame(row.depth, below, length)
    yield "=" * length
    for label, count, size in wording.footer(summary):
        yield f"{label}: {count} ({wording.memory(size, _UNITS)})"
    yield "_" * length


def _fields(row: Row, names: _Names) -> tuple[str, ...]:
    """The texts of a row; tf.keras puts an input's shape, several shapes and the connections in lists."""
    shape = _shape(row, bool(row.more) or row.kind == _INPUT)
    links = [] if row.depth else row.links
    to = [f"{names.of(link.source)}[{link.source.number}][{link.tensor}]" for link in links]
    return f"{row.name} ({row.kind})", shape, _params(row), str(to), "Y" if row.trainable else "N"


def _shape(row: Row, listed: bool) -> str:
    """The shape of the output, or of all outputs in a list."""
    if row.output_shape is None:
        return wording.UNKNOWN
    return str([row.output_shape, *row.more]) if listed else str(row.output_shape)


def _params(row: Row) -> str:
    return wording.UNKNOWN if row.params is None else str(row.params)


def _wrapped_row(texts: Sequence[str], ends: Sequence[int], depth: int) -> Iterator[str]:
    """As many lines as the longest text takes; the lines of a nested model stand between bars."""
    last = len(ends) - 1
    rooms = [end - start - _GAP for start, end in zip([depth, *ends], ends, strict=False)]
    rooms[last] += _GAP
    if min(rooms) < 1:
        help = "give a longer line_length, or use the style 'keras'"
        raise ConvcalcError("the line is too short for the keras2 table", code="too-narrow", help=help)
    left = list(texts)
    bars = "|" * depth
    while any(left):
        line = f"{bars} "
        for i, end in enumerate(ends):
            # A wide character that has no room stands beyond the column rather than nowhere.
            piece = left[i][: fitting(left[i], rooms[i]) or 1]
            cut = _LIST_BREAK.match(piece)
            piece = cut[0] if cut else piece
            line = padded(line + piece, end if i < last else end - depth)
            left[i] = left[i][len(piece) :]
        yield line + bars


def _frame(depth: int, below: int, length: int) -> Iterator[str]:
    """The lines before the next row: a blank, the top of a nested model, or the bottoms of nested models that end."""
    if below == depth:
        yield _line(depth, " ", length)
    for level in range(depth + 1, below + 1) if below > depth else range(depth - 1, below - 1, -1):
        yield _line(level, "¯", length)


def _line(depth: int, fill: str, length: int) -> str:
    bars = "|" * depth
    return bars + fill * (length - 2 * depth) + bars


class _Names:
    """The automatic names of a generation: counted from ``first``, where 0 stands for no number.

    ``digits`` lets a word go on with digits, as up to Keras 2.6: ``ConvLSTM2D`` is ``conv_lst_m2d``.
    Inputs were always counted from 1. Given names do not count.
    """

    def __init__(self, first: int, *, digits: bool) -> None:
        self.first = first
        self.word = "[A-Z][a-z0-9]+" if digits else "[A-Z][a-z]+"
        self._next: dict[str, int] = {}
        self._new: dict[str, str] = {}

    def next(self, kind: str) -> str:
        """The next name for a layer or a model of this kind."""
        base = _BASES.get(kind) or snake_case(kind, self.word)
        number = self._next.get(base, 1 if kind == _INPUT else self.first)
        self._next[base] = number + 1
        return f"{base}_{number}" if number else base

    def rows(self, summary: Summary) -> list[Row]:
        """The rows that Keras lists, under these names."""
        rows = summary.rows
        nodes = dict(self._named(row.node for row in rows if not row.depth))
        self._new = {node.name: name for node, name in nodes.items()}
        return [row.renamed(nodes.get(row.node, row.name)) for row in rows]

    def of(self, source: Node | Input) -> str:
        """The name of a layer that is connected to, once the rows have theirs."""
        return self._new.get(source.name, source.name)

    def _named(self, nodes: Iterable[Node]) -> Iterator[tuple[Node, str]]:
        """Each node's name; a nested model is made, and so named, after its layers."""
        for node in nodes:
            yield from self._named(node.inner.nodes if node.inner else ())
            yield node, node.name if node.named else self.next(node.kind)
