"""Keras code as scripts: what makes its models is followed, and never executed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convcalc.errors import ReadError
from convcalc.read.code.bound import Model, Unknown
from convcalc.read.code.functions import Left
from convcalc.read.code.statements import Statements
from convcalc.read.code.syntax import MOST_CHARACTERS, parse
from convcalc.read.code.written import Written
from convcalc.script import Call, Script
from convcalc.source import Source, Span

_HELP = "make one with keras.Sequential([…]), or with keras.Model(inputs, outputs)"


def read_code(source: Source) -> Script:
    """The model of a script: the model of the last ``summary()``, else the last model that the script makes.

    `ReadError` where the script does not say what that model is; `Problems` where several things in it are wrong.
    """
    whole = Span(source, 0, len(source.text))
    if len(source.text) > MOST_CHARACTERS:
        message = f"a script may have {MOST_CHARACTERS:,} characters"
        raise ReadError(message, code="too-large", help="write the model as YAML")
    reader = Statements(source.text, lambda start, end: Span(source, start, end))
    try:
        reader.follow(parse(source.text).body)
        return _chosen(reader, whole)
    except SyntaxError as error:
        raise reader.syntax_error(error, "a script is read as Python 3") from None
    except (RecursionError, MemoryError):
        deep = "this script is nested too deeply to read"
        raise ReadError(deep, code="too-deep", span=Span(source, 0, 1)) from None
    except Left as left:
        message = f"{left.how.__name__.lower()} stands outside of what it leaves"
        raise ReadError(message, code="bad-syntax", span=whole) from None
    except ValueError as error:  # a null character, half a surrogate pair
        raise ReadError(f"this is not Python: {error}", code="bad-syntax", span=whole) from None


def _chosen(reader: Statements, whole: Span) -> Script:
    """The model that the script is about; `ReadError` where it is not known."""
    if isinstance(reader.shown, Script):
        return reader.shown
    if reader.shown:
        raise reader.shown
    models = [model for model in reader.made if isinstance(model, Model)]
    inside = {id(part) for model in models for layer in model.layers for part in (layer, *_held(layer))}
    made = [model for model in reader.made if id(model) not in inside]
    named = reader.names.get("model")  # what nearly every script calls it
    model = made[-1] if made else named
    if isinstance(model, Unknown):
        raise model.error
    if not isinstance(model, Model):
        raise ReadError("no model is made here", code="no-layers", span=whole, help=_HELP)
    return Written(reader.spoiled).script(model)


def _held(layer: Call) -> Iterator[Any]:
    """What a layer has for arguments, and what those have: models among them."""
    for given in (*layer.positional, *layer.named.values()):
        yield given.value
        if isinstance(given.value, Call) and not isinstance(given.value, Model):
            yield from _held(given.value)
