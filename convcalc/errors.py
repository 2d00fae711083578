"""Every deliberate error: what is wrong, where, why, and how to mend it.

::

    ConvcalcError
    ├── ReadError       text that does not become calls
    ├── ArgumentError   a call that is wrong by itself
    ├── WiringError     layers that do not connect
    ├── ShapeError      a layer that cannot take this shape
    ├── RunError        a forward pass that cannot be made
    │   └── NotKeptError    an activation that the run did not keep; a KeyError too
    └── Problems        several independent errors, reported together

Every error has a code, which scripts can rely on: `CODES` has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.source import Place, Span

# Every code, under the class that raises it first of all, and what it says of the input. A test proves that each is
# raised, and that an example provokes it.
CODES = {
    # ReadError: text that does not become calls
    "bad-archive": "a file that is no Keras file",
    "bad-block": "a block of the YAML that is not written as a block",
    "bad-call": "a `call:` that is no mapping of arguments",
    "bad-config": "a Keras config that is broken",
    "bad-inputs": "an `inputs:` that is no mapping of names to shapes",
    "bad-json": "text that is not JSON",
    "bad-key": "a key of the YAML that is no word",
    "bad-number": "a number that is too long or too large",
    "bad-reference": "a `from:` or `outputs:` that names no layer",
    "bad-syntax": "text that is not Python",
    "bad-yaml": "text that is not YAML",
    "disconnected": "a model of a script whose outputs need an input that the model is not given",
    "duplicate-key": "a key that is given twice",
    "expands": "aliases or blocks that expand without bound",
    "needs-h5py": "a file in HDF5, without h5py",
    "no-config": "a file that has weights and no model",
    "no-layers": "a text without any layer",
    "no-model": "no model is given",
    "no-such-file": "a path where there is no file",
    "not-a-layer": "something else where a layer must stand",
    "not-a-model": "a Python value that is no model",
    "not-a-value": "an expression where a value must stand",
    "not-utf8": "text that is not UTF-8",
    "not-yet": "something that the format has a place for, and that is not supported yet",
    "same-layer": "a layer that stands in one model twice",
    "too-deep": "text that is nested too deeply",
    "too-large": "text, a file or a run that is larger than it may be",
    "too-many-layers": "more layers than a model may have",
    "too-many-steps": "a script that takes more steps than it may",
    "unused-value": "a value that is given for a name, and that nothing uses",
    "unclosed": "a bracket or a quote that nothing closes",
    "unknown-key": "a key that the format does not have",
    "unopened": "a bracket that closes nothing",
    "unreadable-file": "a file that cannot be opened or read",
    "yaml-tag": "a tag of the YAML, which could make a Python object",
    # ArgumentError: a call that is wrong by itself
    "argument-twice": "an argument that is given by place and by name",
    "bad-value": "a value that the argument does not accept",
    "bin-dtype": "a dtype that cannot number bins",
    "bins": "bins that are given twice, or not at all",
    "constrained-lora": "low-rank adaptation of a constrained kernel",
    "equation": "an equation of EinsumDense that is wrong",
    "flash-dropout": "flash attention with dropout",
    "frames": "frames of a spectrogram that do not go together",
    "input-kind": "an input of two kinds at once",
    "known-mean": "a mean without a variance, or one that does not fit",
    "missing-argument": "an argument that the kind needs",
    "output-padding": "an output_padding that is not below the stride",
    "permutation": "dims that are no permutation",
    "renorm-clipping": "limits of renorm that are out of order",
    "renorm-dtype": "renorm in whole numbers",
    "sparse-int": "positions that are asked for as a sparse matrix",
    "strided-dilation": "strides and dilation that are both above 1",
    "too-many-arguments": "more arguments by place than the kind has",
    "uncovered-layer": "a class of Keras that is not covered",
    "uneven-heads": "query heads that do not share key heads evenly",
    "unfit-layer": "a layer that the layer around it cannot hold",
    "unknown-argument": "an argument that the kind does not have",
    "unknown-layer": "a name that no layer has",
    "vocabulary": "a vocabulary that does not fit the other arguments",
    # WiringError: layers that do not connect
    "call-argument": "an argument of a layer's call that is of the wrong sort",
    "input-count": "a number of inputs that the layer does not take",
    "no-input": "a layer without an input",
    "same-name": "two layers of one name",
    "unknown-call-argument": "an argument that the layer's call does not have",
    "unknown-tensor": "a name or a number that no tensor above has",
    "which-input": "one shape for several inputs",
    # ShapeError: a layer that cannot take this shape
    "attention": "shapes that attention cannot bring together",
    "broadcast": "shapes that do not broadcast",
    "channels": "channels that an operation cannot take",
    "crossing": "features to be crossed whose sizes differ",
    "does-not-fit": "a window that is larger than its input",
    "initializer": "a weight that its initializer cannot fill",
    "input-shape": "an input that is not as the layer or the model declares it",
    "merge": "shapes that a merging layer cannot merge",
    "no-axis": "an axis that the input does not have",
    "no-colours": "an image whose channels are no colours",
    "no-part": "a part that the input does not have",
    "output-shape": "an output shape that does not go with the input",
    "pads": "pads that are not for the axes",
    "repeats": "repeats that are not for the parts of an axis",
    "reshape": "a target shape of another size",
    "split": "parts that an axis does not make",
    "state": "a state that is not as the cell's",
    "uneven-groups": "channels that do not divide into groups",
    "unknown-size": "a size that a weight needs and that is unknown",
    "wrong-rank": "a number of axes that the layer does not take",
    # RunError: a forward pass that cannot be made
    "bad-array": "values or a file that are no array of numbers",
    "cannot-read": "a file of arrays that cannot be read",
    "cannot-run": "a layer that cannot be computed on these values",
    "nested-mask": "a mask that is given to a nested model",
    "not-kept": "an activation that the run did not keep",
    "opaque-layer": "a layer whose meaning is Python code",
    "too-long": "a run that would take hours",
    "training": "a call in training",
    "unknown-array": "a word that names no array",
    "unknown-weight": "a name that no weight has",
    "unsupported-dtype": "a dtype that NumPy does not compute in",
    "wrong-input": "an input that does not fit the model",
    "wrong-weights": "weights that do not fit the model",
    # ConvcalcError: the command line, and the forms of the answer
    "cannot-write": "an output file that cannot be written",
    "file": "a file that the system refuses",
    "layer-range": "a range of layers that is not there",
    "no-columns": "a table without columns",
    "no-input-shape": "an explanation without an input shape",
    "not-in-style": "an option that the style of the table does not have",
    "too-narrow": "a line that is too short for the table",
    "unbuilt": "a table of Keras 2 without an input shape",
    "unknown-column": "a name that no column has",
    "unknown-format": "an ending that no format has",
    "unknown-name": "a name that no layer of the model has",
    "unknown-style": "a name that no style has",
    "usage": "a command line that is wrong",
}


class ConvcalcError(Exception):
    """An error with a code and, where known, a place, a layer, a reason and a remedy.

    ``argument`` names the layer argument at fault, so that whoever knows the call can find the place;
    ``value_at_fault`` is false where the argument's name is wrong rather than its value.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        span: Place | None = None,
        layer: str | None = None,
        why: str | None = None,
        help: str | None = None,
        argument: str | None = None,
        value_at_fault: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.span = span
        self.layer = layer
        self.why = why
        self.help = help
        self.argument = argument
        self.value_at_fault = value_at_fault

    def __str__(self) -> str:
        place = f"{self.span.location}: " if self.span else ""
        lines = [f"{place}error: {self.message} [{self.code}]"]
        lines += self.span.excerpt() if self.span else []
        for label, text in (("in", self.layer), ("why", self.why), ("help", self.help)):
            if text:
                lines.append(f"  {label:<5} {text}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The fields of the JSON form; ``line`` and ``column`` are None without a place in a text.

        ``cell`` is the number of a notebook's cell, whose lines ``line`` counts.
        """
        span = self.span
        at = span if isinstance(span, Span) else None
        return {
            "code": self.code,
            "message": self.message,
            "file": span.source.name if span else None,
            "cell": at.cell if at else None,
            "line": at.line if at else None,
            "column": at.column if at else None,
            "path": None if at or span is None else span.location.removeprefix(f"{span.source.name}:"),
            "layer": self.layer,
            "why": self.why,
            "help": self.help,
        }


class ReadError(ConvcalcError):
    """Text that does not become calls."""


class ArgumentError(ConvcalcError):
    """A call that is wrong by itself."""


class WiringError(ConvcalcError):
    """Layers that do not connect."""


class ShapeError(ConvcalcError):
    """A layer that cannot take this shape; ``least`` are the smallest spatial sizes that it could take."""

    def __init__(self, message: str, *, least: tuple[int, ...] | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.least = least
        self._help = self.help
        if least:
            self.require(least)

    def require(self, least: tuple[int, ...]) -> None:
        """Says in the help how large an input must at least be."""
        self.help = f"{self._help}, or an input of at least {'x'.join(map(str, least))}"


class RunError(ConvcalcError):
    """A forward pass that cannot be made."""


class NotKeptError(RunError, KeyError):
    """An activation that a run did not keep."""


class Problems(ConvcalcError):
    """Several independent errors, reported together."""

    def __init__(self, errors: Sequence[ConvcalcError]) -> None:
        first = errors[0]
        super().__init__(first.message, code=first.code, span=first.span, layer=first.layer)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)

    def to_dict(self) -> dict[str, Any]:
        """The first error's fields, and all of them under ``errors``."""
        return {**self.errors[0].to_dict(), "errors": [error.to_dict() for error in self.errors]}


def raise_all(errors: Sequence[ConvcalcError]) -> None:
    """Raises the one error, several as `Problems`, and nothing when there is none."""
    flat = [one for error in errors for one in (error.errors if isinstance(error, Problems) else [error])]
    if len(flat) > 1:
        raise Problems(flat)
    if flat:
        raise flat[0]


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """``did you mean 'x'?`` for the option nearest to ``word``, or None when none is near."""
    import difflib  # only when something is wrong

    by_fold = {option.lower(): option for option in options}
    near = difflib.get_close_matches(word.lower(), by_fold, n=1, cutoff=0.6)
    return f"did you mean {by_fold[near[0]]!r}?" if near else None


def shown(value: Any) -> str:
    """A value as a message shows it: its ``repr``, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


_MOST_SHOWN = 80


def one_of(options: Iterable[str]) -> str:
    """``'a', 'b' or 'c'``: a list of options as a message shows it."""
    quoted = [repr(option) for option in options]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]
