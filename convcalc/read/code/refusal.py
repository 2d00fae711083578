"""What is said where a value is needed that is not known: which line lost it, and how to give it."""

from __future__ import annotations

from convcalc.errors import ReadError
from convcalc.read.code.values import Unknown
from convcalc.source import Place, Span


def no_value(lost: Unknown, place: Place | None, what: str | None = None) -> ReadError:
    """The refusal of a value that is not known, where it is used at ``place``; ``what`` names it in the plural."""
    cause = lost.cause
    if cause.error is not None:
        return cause.error  # type: ignore[return-value]
    name = lost.name or cause.name
    line = f"{_where(cause.place, place)}: " if isinstance(cause.place, Span) else ""
    return ReadError(
        f"{what} are not known here" if what else f"{_text(place)} has no value that is known here",
        code="not-a-value",
        span=place,
        why=f"{line}{cause.message}",
        help=_give(name, place) if name else _write(cause.place, place),
    )


def _write(lost: Place | None, used: Place | None) -> str:
    """What helps where no name of the script stands for the value."""
    elsewhere = isinstance(lost, Span) and not (isinstance(used, Span) and lost.line == used.line)
    where = _where(lost, used) if elsewhere and isinstance(lost, Span) else ""
    return f"write the value itself {f'in {where}' if where else 'here'}: the text is read, never run"


def _give(name: str, place: Place | None) -> str:
    """How to give a name its value: where only the number of its members counts, this number is enough."""
    if f"len({name})" in _text(place):
        return f"give it: --set '{name}=shape(57)' for 57 members"
    return f"give it: --set {name}=VALUE, or --set '{name}=shape(60000,28,28)' for data"


def _where(lost: Span, used: Place | None) -> str:
    """Where a value was lost, as seen from where it is used: in the same text the line is enough."""
    cell = f"cell {lost.cell}, " if lost.cell else ""
    other = isinstance(used, Span) and used.source is not lost.source
    return f"{f'{lost.source.name}, ' if other else ''}{cell}line {lost.line}"


def _text(place: Place | None) -> str:
    """The text at a place, cut where it is long."""
    if not isinstance(place, Span):
        return "this"
    text = " ".join(place.source.text[place.start : place.end].split())
    return text if len(text) <= 60 else f"{text[:60]}…"
