"""What values have by a name: attributes, methods, parts of libraries."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.read.code import arrays, library
from convcalc.read.code.library import python
from convcalc.read.code.scope import Module
from convcalc.read.code.site import Site
from convcalc.read.code.values import (
    MISSING,
    Bound,
    Data,
    Foreign,
    Function,
    Inert,
    Instance,
    Library,
    OwnClass,
    Partial,
    Super,
    Tensor,
    Thing,
    Unknown,
)

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# What every object has: the functions that do the same.
_OF_OBJECT = {
    "__setattr__": "builtins.setattr",
    "__getattribute__": "builtins.getattr",
    "__delattr__": "builtins.delattr",
}


def method_table(value: Any) -> Mapping[str, Callable[..., Any]] | None:
    """The methods that values of this type have: Python's own types, and arrays."""
    if isinstance(value, Data):
        return arrays.METHODS
    own = next((table for kind, table in python.METHODS.items() if isinstance(value, kind)), None)
    more = arrays.OF_PYTHON.get(type(value))
    return {**more, **(own or {})} if more else own


class Attributes:
    """Finds attributes, and sets them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def find(self, value: Any, name: str, node: ast.AST) -> Any:
        """An attribute of a value; MISSING where it certainly has none."""
        machine = self._machine
        match value:
            case Inert() | Foreign():
                return value
            case Unknown():
                return Unknown(value.cause)
            case Module():
                return value.names.names.get(name, MISSING)
            case Library():
                return self._of_library(value, name)
            case Instance():
                return self._of_instance(value, name, node)
            case OwnClass():
                return self._of_class(value, name, node)
            case Super(owner=owner, instance=instance):
                return self._of_super(owner, instance, name, node)
            case Function():
                return value.attrs.get(name, value.name if name == "__name__" else MISSING)
            case Thing():
                return self._of_thing(value, name, node)
            case Data():
                return self._of_data(value, name, node)
            case Partial() if name in ("func", "args", "keywords"):
                return {"func": value.function, "args": value.args, "keywords": value.named}[name]
        if machine.session.is_live(value):
            return machine.session.attribute(value, name, node)
        table = method_table(value)
        if table is not None and name in table:
            return Bound(value, name)
        return self._of_plain(value, name, node)

    def _of_thing(self, value: Thing, name: str, node: ast.AST) -> Any:
        if name in value.attributes:
            return value.attributes[name]
        return Bound(value, name) if value.method(name) else self._machine.unknown(f"{name} is not known here", node)

    def _of_plain(self, value: Any, name: str, node: ast.AST) -> Any:
        if name == "__class__":
            return self.class_of(value)
        if isinstance(value, int | float) and name in ("real", "imag"):
            return value if name == "real" else 0
        if isinstance(value, int) and name == "value":  # a size, as TensorFlow 1 had it
            return value
        if isinstance(value, tuple) and name in ("as_list", "rank", "ndims", "dims"):
            return {"as_list": Partial(Library("builtins.list"), (value,), {}), "dims": list(value)}.get(
                name, len(value)
            )
        plain = isinstance(value, int | float | str | bytes | list | tuple | dict | set | range | None)
        return MISSING if plain else self._machine.unknown(f"{name} is not known here", node)

    def _of_data(self, value: Data, name: str, node: ast.AST) -> Any:
        if isinstance(value, Tensor):
            found = self._machine.session.tensor_attribute(value, name, node)
            if found is not MISSING:
                return found
        found = arrays.attribute(Site(self._machine, node), value, name)
        if found is MISSING and name in arrays.METHODS:
            return Bound(value, name)
        return found

    def _of_library(self, value: Library, name: str) -> Any:
        path = self._machine.modules.canonical(f"{value.path}.{name}")
        constant = library.constant_of(path)
        if name == "__name__":
            return value.name
        return Library(path) if constant is MISSING else constant

    def _of_instance(self, value: Instance, name: str, node: ast.AST) -> Any:
        if name in value.attrs:
            return value.attrs[name]
        if name == "__class__":
            return value.cls
        if name == "__setattr__":
            return Partial(Library("builtins.setattr"), (value,), {})
        if name == "__dict__":
            return value.attrs
        found = value.cls.find(name)
        if found is not MISSING:
            return self._bound(found, value, value.cls, node)
        if name in _OF_OBJECT:
            return Partial(Library(_OF_OBJECT[name]), (value,), {})
        if value.cls.cause:
            return Unknown(value.cls.cause.cause)
        if value.live is not None:
            found = self._machine.session.attribute(value.live, name, node)
        elif value.items is not None:
            found = self.find(value.items, name, node)
        own = value.cls.find("__getattr__")
        if found is MISSING and own is not MISSING:
            return self._machine.call(own, (value, name), {}, node)
        return found

    def _bound(self, found: Any, instance: Any, cls: OwnClass, node: ast.AST) -> Any:
        """An attribute of a class as its object has it."""
        if not isinstance(found, Function) or found.kind == "staticmethod":
            return found
        if found.kind == "classmethod":
            return Bound(cls, found)
        if found.kind in ("property", "setter"):
            getter = found if found.kind == "property" else found.attrs["getter"]
            return self._machine.call(getter, (instance,), {}, node)
        return Bound(instance, found)

    def _of_class(self, value: OwnClass, name: str, node: ast.AST) -> Any:
        if name == "__name__":
            return value.name
        found = value.find(name)
        if isinstance(found, Function) and found.kind == "classmethod":
            return Bound(value, found)
        if found is MISSING and value.cause:
            return Unknown(value.cause.cause)
        if found is MISSING and any(True for _ in value.libraries()):
            return Bound(value, name)
        return found

    def _of_super(self, owner: OwnClass, instance: Any, name: str, node: ast.AST) -> Any:
        cls = instance if isinstance(instance, OwnClass) else instance.cls
        found = cls.find(name, after=owner)
        if found is not MISSING:
            return self._bound(found, instance, cls, node)
        if name in _OF_OBJECT:
            return Partial(Library(_OF_OBJECT[name]), (instance,), {})
        if isinstance(instance, Instance) and instance.live is not None:
            return self._machine.session.inherited(instance, name, node)
        if isinstance(instance, Instance) and instance.items is not None and name != "__init__":
            return self.find(instance.items, name, node)
        return Inert(self._machine.unknown(f"{name} is inherited, and not followed", node).cause)

    def set(self, value: Any, name: str, new: Any, node: ast.AST) -> None:
        """Gives an attribute of a value another value."""
        machine = self._machine
        match value:
            case Unknown():
                return
            case Instance():
                found = value.cls.find(name)
                if isinstance(found, Function) and found.kind == "setter":
                    machine.call(found, (value, new), {}, node)
                    return
                machine.journal.touch(value.attrs)
                value.attrs[name] = machine.session.tracked(value, name, new, node)
            case OwnClass():
                machine.journal.touch(value.names)
                value.names[name] = new
            case Function():
                value.attrs[name] = new
            case Thing():
                machine.journal.touch(value.attributes)
                value.attributes[name] = new
            case Module():
                value.names.names[name] = new
            case Data() | Library():
                return
            case _:
                if machine.session.is_live(value):
                    machine.session.set_attribute(value, name, new, node)

    def class_of(self, value: Any) -> Any:
        """The class of a value."""
        if isinstance(value, Instance):
            return value.cls
        kind = self._machine.session.class_of(value)
        if kind is not None:
            return kind
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Data):
            return Library("numpy.ndarray")
        return Library(f"builtins.{type(value).__name__}")
