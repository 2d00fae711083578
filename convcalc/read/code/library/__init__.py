"""What the names of libraries mean: tables of small functions, one file for each library, loaded when a script asks.

A function of a table has the `Site` of the call as its first argument, and then the arguments of the library's
function. It gives a value, or an `Unknown` made by ``site.unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.read.code.values import MISSING, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Known = Callable[..., Any]
# The file that knows a library, by the first part of a path.
_FILES = {
    "builtins": "python",
    "itertools": "iteration",
    "functools": "partials",
    "collections": "collected",
    "copy": "collected",
    "dataclasses": "collected",
    "contextlib": "partials",
    "enum": "collected",
    "types": "collected",
    "math": "mathematics",
    "operator": "mathematics",
    "re": "patterns",
    "argparse": "flags",
    "absl": "flags",
    "os": "system",
    "sys": "system",
    "random": "system",
    "json": "system",
    "string": "system",
    "typing": "system",
    "glob": "system",
    "shutil": "system",
    "time": "system",
    "pickle": "system",
    "csv": "system",
    "platform": "system",
    "socket": "system",
    "getpass": "system",
    "tempfile": "system",
    "uuid": "system",
    "multiprocessing": "system",
    "secrets": "system",
    "packaging": "system",
    "distutils": "system",
    "six": "system",
    "io": "inspection",
    "codecs": "inspection",
    "gzip": "inspection",
    "numpy": "numpy",
    "tensorflow": "tensors",
    "tf": "tensors",
    "torch": "tensors",
    "jax": "tensors",
    "keras": "keras",
    "sklearn": "data",
    "scipy": "data",
    "pandas": "data",
    "tensorflow_datasets": "data",
    "keras_tuner": "tuner",
    "scikeras": "tuner",
}
# Paths below a library that another file knows.
_WITHIN = {
    "keras.ops": "tensors",
    "keras.backend": "tensors",
    "keras.activations": "tensors",
    "keras.random": "tensors",
    "tensorflow.Variable": "keras",
    "tensorflow.layers": "tf_layers",
    "tensorflow.placeholder": "tf_layers",
    "keras.wrappers": "tuner",
    "keras.applications": "pretrained",
    "keras.datasets": "data",
    "keras.utils": "data",
    "keras.preprocessing": "data",
    "tensorflow.data": "data",
    "tensorflow.TensorSpec": "data",
}


class Table:
    """Functions by their whole names, and constants."""

    def __init__(self) -> None:
        self.functions: dict[str, Known] = {}
        self.constants: dict[str, Any] = {}

    def __call__(self, *paths: str, unknown: bool = False) -> Callable[[Known], Known]:
        """Registers a function under paths. Unless it takes ``unknown`` values, an unknown argument is the result."""

        def register(function: Known) -> Known:
            known = function if unknown else _guarded(function)
            self.functions.update(dict.fromkeys(paths, known))
            return function

        return register


def _guarded(function: Known) -> Known:
    def call(site: Site, *args: Any, **named: Any) -> Any:
        lost = unknown_in(args) or unknown_in(named)
        return lost if lost else function(site, *args, **named)

    return call


def tables_of(path: str) -> Iterator[Table]:
    """The tables that may know a path."""
    parts = path.split(".")
    for file in (_WITHIN.get(".".join(parts[:2])), _FILES.get(parts[0])):
        if file:
            yield import_module(f"{__name__}.{file}").TABLE


def function_of(path: str) -> Known | None:
    """The function that a path means, or None where no table has it."""
    return next((table.functions[path] for table in tables_of(path) if path in table.functions), None)


def constant_of(path: str) -> Any:
    """The constant that a path means, or MISSING."""
    return next((table.constants[path] for table in tables_of(path) if path in table.constants), MISSING)


def call(function: Known, site: Site, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What a function of a table gives; unknown where it takes no such arguments, or has no result for them."""
    try:
        return function(site, *args, **named)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, AttributeError, ZeroDivisionError):
        return site.unknown(f"{site.text} is not followed with these arguments")


__all__ = ["MISSING", "Known", "Table", "Unknown", "call", "constant_of", "function_of"]
