"""Functions of Python that look at what a value is: ``isinstance``, ``getattr``, ``callable``, ``type``."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import numbers
import types
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table, constant_of, function_of
from convcalc.read.code.library.plain import SCALARS, Namespace, lost_in, scalar
from convcalc.read.code.signals import Thrown
from convcalc.read.code.values import (
    MISSING,
    Bound,
    Data,
    Function,
    Instance,
    Library,
    OwnClass,
    Partial,
    Tensor,
    Thing,
    Unknown,
)

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_PLAIN = (*SCALARS, list, tuple, dict, set, frozenset)
_MODULES = {"builtins": builtins, "collections": collections, "numbers": numbers, "types": types}
_CALLABLE = ("collections.abc.Callable", "typing.Callable", "types.FunctionType", "types.LambdaType")
# What libraries call numbers and texts; none of Python's own values is one.
_NUMPY_SCALARS = ("numpy.generic", "numpy.number", "numpy.integer", "numpy.floating")


def _python_class(path: str) -> type | None:
    """Python's own class of a name, or None."""
    module, _, name = path.rpartition(".")
    if module == "typing":
        named = {"List": list, "Tuple": tuple, "Dict": dict, "Set": set, "Text": str}
        return named.get(name) or getattr(collections.abc, name, None)
    home = collections.abc if module in ("collections.abc", "typing") else _MODULES.get(module)
    found = getattr(home, name, None) or (getattr(types, name, None) if module == "builtins" else None)
    return found if isinstance(found, type) else None


def _flat(classes: Any) -> list[Any]:
    return [inner for one in classes for inner in _flat(one)] if isinstance(classes, tuple) else [classes]


@TABLE("builtins.isinstance", unknown=True)
def isinstance_(site: Site, value: Any, classes: Any) -> Any:
    """Whether a value is of one of several classes."""
    if isinstance(value, Unknown):
        return value
    found = [_is(site, value, one) for one in _flat(classes)]
    if True in found:
        return True
    if isinstance(value, Data) and {getattr(one, "path", "") for one in _flat(classes)} >= {
        "numpy.ndarray",
        "tensorflow.Tensor",
    }:
        return True
    return lost_in(*found) or False


def _is(site: Site, value: Any, cls: Any) -> bool | Unknown:
    """Whether a value is of a class."""
    if isinstance(cls, Unknown):
        return cls
    if isinstance(cls, Library) and cls.path in ("builtins.object", "typing.Any"):
        return True
    if isinstance(value, Instance):
        return _is_own(site, value, cls)
    if isinstance(cls, OwnClass):
        return False
    if not isinstance(cls, Library):
        return site.unknown("this is no class that is known")
    if cls.path in _CALLABLE and isinstance(value, Function | Bound | Partial):
        return isinstance(value, Function) or cls.path.endswith("Callable")
    own = _python_class(cls.path)
    if isinstance(value, _PLAIN):
        return _is_plain(site, value, cls, own)
    if isinstance(value, Data):
        return _is_data(site, value, cls, own)
    return _is_of_library(site, value, cls, own)


def _is_plain(site: Site, value: Any, cls: Library, own: type | None) -> bool | Unknown:
    if own is not None:
        exact = type(value) if type(value) in _PLAIN else next(one for one in _PLAIN if isinstance(value, one))
        if own in (collections.OrderedDict, collections.defaultdict, collections.Counter, collections.deque):
            unsure = isinstance(value, dict | list)
            return site.unknown(f"whether this is a {cls.name} is not known") if unsure else False
        return issubclass(exact, own)
    if cls.path.startswith("numpy.") and cls.path not in _NUMPY_SCALARS and isinstance(value, int | float):
        return site.unknown(f"whether this is a {cls.name} is not known")
    if cls.path in _NUMPY_SCALARS and isinstance(value, int | float) and not isinstance(value, bool):
        return site.unknown("whether this number is NumPy's is not known")
    return False


def _is_data(site: Site, value: Data, cls: Library, own: type | None) -> bool | Unknown:
    if own in (str, list, tuple, dict, set, frozenset, bool, bytes, type(None)):
        return False
    if cls.name == "KerasTensor":
        return isinstance(value, Tensor)
    if cls.path.startswith("keras.") or own in (int, complex) or own is float and value.shape:
        return False
    return site.unknown(f"whether this is a {cls.name} is not known")


def _is_of_library(site: Site, value: Any, cls: Library, own: type | None) -> bool | Unknown:
    """Whether a layer, a function or an object of a library is of a class of Python's or of a library's."""
    names = site.machine.class_names(value)
    if names is not None and cls.path in names:
        return True
    if isinstance(own, type) and own in _PLAIN:
        return False
    if cls.path == "builtins.type":
        known = isinstance(value, OwnClass) or isinstance(value, Library) and _python_class(value.path) is not None
        return known or site.unknown(f"whether this is a {cls.name} is not known")
    if names is None:
        if isinstance(value, Function | Bound | OwnClass | Partial) and cls.path.startswith("keras."):
            return False
        return site.unknown(f"whether this is a {cls.name} is not known")
    alike = {name.rpartition(".")[2] for name in names}
    if cls.path.startswith("keras.") and cls.name not in alike:
        return False
    return site.unknown(f"whether this is a {cls.name} is not known")


def _is_own(site: Site, value: Instance, cls: Any) -> bool | Unknown:
    """Whether an object of the script's own class is of a class."""
    names = site.machine.class_names(value) or set()
    if cls in value.cls.order or isinstance(cls, Library) and cls.path in names:
        return True
    if value.cls.cause:
        return value.cls.cause
    if isinstance(cls, OwnClass):
        return False
    if isinstance(cls, Library) and cls.path.startswith(("builtins.", "keras.")) and value.items is None:
        alike = {name.rpartition(".")[2] for name in names}
        return False if cls.name not in alike else site.unknown(f"whether this is a {cls.name} is not known")
    return site.unknown("whether this is of the class is not known")


@TABLE("builtins.issubclass", unknown=True)
def issubclass_(site: Site, cls: Any, classes: Any) -> Any:
    """Whether a class descends from one of several classes."""
    found = [_descends(site, cls, one) for one in _flat(classes)]
    return True if True in found else lost_in(*found) or False


def _descends(site: Site, cls: Any, base: Any) -> bool | Unknown:
    lost = lost_in(cls, base)
    if lost:
        return lost
    order = cls.order if isinstance(cls, OwnClass) else [cls]
    if base in order or base == Library("builtins.object"):
        return True
    if isinstance(base, OwnClass):
        return cls.cause or False if isinstance(cls, OwnClass) else False
    own = _python_class(base.path) if isinstance(base, Library) else None
    known = [_python_class(one.path) for one in order if isinstance(one, Library)]
    if own is not None and all(one is not None for one in known):
        return any(issubclass(one, own) for one in known if one is not None)
    return site.unknown("whether this class descends from it is not known")


@TABLE("builtins.type", unknown=True)
def type_(site: Site, *args: Any) -> Any:
    """The class of a value."""
    if len(args) != 1:
        return lost_in(*args) or site.unknown("classes that type() makes are not followed")
    return site.machine.class_of(args[0])


@TABLE("builtins.hasattr", unknown=True)
def hasattr_(site: Site, value: Any, name: Any) -> Any:
    """Whether a value has an attribute."""
    lost = lost_in(value, name)
    if lost:
        return lost
    if isinstance(value, Library):
        path = f"{value.path}.{name}"
        known = function_of(path) is not None or constant_of(path) is not MISSING
        return known or site.unknown(f"whether {value.path} has {name} is not known")
    if isinstance(value, Instance) and name in value.attrs:
        return True
    if isinstance(value, tuple) and site.machine.session.generation >= 3:
        return hasattr(value, name)  # shapes are Python's tuples now
    found = site.machine.attribute(value, name, site.node)
    return found if isinstance(found, Unknown) else found is not MISSING


@TABLE("builtins.getattr", unknown=True)
def getattr_(site: Site, value: Any, name: Any, *default: Any) -> Any:
    """An attribute of a value, or the default where the value has none."""
    lost = lost_in(value, name)
    if lost:
        return lost
    if not isinstance(name, str):
        return site.unknown("names are texts")
    found = site.machine.attribute(value, name, site.node)
    if found is not MISSING:
        return site.machine.untainted(found)
    return default[0] if default else site.unknown(f"there is no {name}")


@TABLE("builtins.setattr", unknown=True)
def setattr_(site: Site, value: Any, name: Any, new: Any) -> Any:
    """Gives an attribute of a value another value."""
    if isinstance(name, Unknown):
        if isinstance(value, Instance):
            site.machine.taint(value, name)
        return name
    site.machine.set_attribute(value, name, new, site.node)
    return None


@TABLE("builtins.delattr", unknown=True)
def delattr_(site: Site, value: Any, name: Any) -> Any:
    """Takes an attribute from an object."""
    if isinstance(value, Instance) and value.live is None and name in value.attrs:
        site.machine.journal.touch(value.attrs)
        del value.attrs[name]
        return None
    lost = lost_in(value, name) or site.unknown("taking this attribute away is not followed")
    if not isinstance(value, Unknown):
        site.machine.taint(value, lost)
    return lost


@TABLE("builtins.callable", unknown=True)
def callable_(site: Site, value: Any) -> Any:
    """Whether a value can be called."""
    if isinstance(value, Function | Bound | OwnClass | Partial):
        return True
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (*_PLAIN, Data)):
        return False
    if isinstance(value, Library):
        own = _python_class(value.path) is not None or function_of(value.path) is not None
        return own or site.unknown(f"whether {value.path} can be called is not known")
    if isinstance(value, Instance) and value.live is None:
        return value.cls.find("__call__") is not MISSING or value.cls.cause or False
    if site.machine.class_names(value) is not None:
        return True
    known = isinstance(value, Thing) and bool(value.method("called"))
    return known or site.unknown("whether this can be called is not known")


def _exception(path: str) -> Any:
    return lambda site, *args: Library(path)


TABLE.functions |= {
    f"builtins.{name}": _exception(f"builtins.{name}")
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


@TABLE("builtins.exit", "builtins.quit", unknown=True)
def exit_(site: Site, *_status: Any) -> Any:
    """Ends the script, as an exception does."""
    raise Thrown(Library("builtins.SystemExit"), site.node)


@TABLE("builtins.print", "builtins.help", "builtins.breakpoint", unknown=True)
def print_(site: Site, *_values: Any, **_options: Any) -> None:
    """Shows values."""


@TABLE("builtins.open", "io.open", "codecs.open", "gzip.open", unknown=True)
def open_(site: Site, file: Any = None, *_rest: Any, **_options: Any) -> Any:
    """A file, of which nothing is known."""
    if isinstance(file, Unknown):
        return file
    return site.unknown(f"open({file[:60]!r}) reads a file" if isinstance(file, str) else "open() reads a file")


@TABLE("builtins.input", "builtins.raw_input", unknown=True)
def input_(site: Site, *_prompt: Any) -> Any:
    """What a user types."""
    return site.unknown("input() asks the user")


@TABLE("builtins.exec", "builtins.eval", "builtins.compile", "builtins.__import__", unknown=True)
def eval_(site: Site, *_args: Any, **_named: Any) -> Any:
    """Code in a text, which is never followed."""
    return site.unknown(f"{site.text} runs code that is not read")


@TABLE("builtins.vars", "builtins.globals", "builtins.locals", "builtins.dir", unknown=True)
def vars_(site: Site, *_args: Any) -> Any:
    """Names and their values."""
    if len(_args) == 1 and isinstance(_args[0], Namespace):
        return _args[0].attributes
    return site.unknown(f"{site.text} is not followed")


@TABLE("builtins.id", "builtins.hash", unknown=True)
def id_(site: Site, *_value: Any) -> Any:
    """A number that changes from run to run."""
    return site.unknown(f"{site.text} gives a number that changes from run to run")


@TABLE("builtins.object")
def object_(site: Site) -> Any:
    """An object without attributes."""
    return Thing()


@TABLE("builtins.slice")
def slice_(site: Site, *ends: Any) -> Any:
    """A part of a list, by its ends."""
    known = [scalar(site, one) for one in ends]
    return lost_in(*known) or slice(*known)


@TABLE("builtins.chr")
def chr_(site: Site, code: Any) -> Any:
    """The character of a code."""
    return chr(code)


@TABLE("builtins.ord")
def ord_(site: Site, text: Any) -> Any:
    """The code of a character."""
    return ord(text)


@TABLE("builtins.hex")
def hex_(site: Site, value: Any) -> Any:
    """A whole number in sixteens."""
    return hex(value)


@TABLE("builtins.bin")
def bin_(site: Site, value: Any) -> Any:
    """A whole number in twos."""
    return bin(value)


@TABLE("builtins.oct")
def oct_(site: Site, value: Any) -> Any:
    """A whole number in eights."""
    return oct(value)


TABLE.constants["builtins.__debug__"] = True
TABLE.constants["builtins.Ellipsis"] = ...
