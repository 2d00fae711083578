"""Every deliberate error: what is wrong, where, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcalc.source import Place, Span


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
        """The fields of the JSON form; ``line`` and ``column`` are None without a place in a text."""
        span = self.span
        at = span if isinstance(span, Span) else None
        return {
            "code": self.code,
            "message": self.message,
            "file": span.source.name if span else None,
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
