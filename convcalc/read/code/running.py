"""Calls: of the script's own functions and classes, of methods, of whatever else a script calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.read.code import arrays, dtypes, library
from convcalc.read.code.attributes import method_table
from convcalc.read.code.site import Site
from convcalc.read.code.values import (
    MISSING,
    Bound,
    Foreign,
    Function,
    Inert,
    Instance,
    Library,
    OwnClass,
    Partial,
    Thing,
    Unknown,
)
from convcalc.script import Call

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine


class Runner:
    """Runs what is called."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def call(self, function: Any, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a value gives when it is called."""
        machine = self._machine
        machine.spend(2, node)
        match function:
            case Inert():
                return self._passed(args, named) or function
            case Unknown():
                self._of_lost_model(function, node)
                return function if isinstance(function, Foreign) else self.lost(function, args, named)
            case Function():
                return machine.functions.run(function, args, named, node)
            case Bound(owner=owner, function=Function() as inner):
                result = machine.functions.run(inner, (owner, *args), named, node)
                machine.session.after_method(owner, inner.name)
                return result
            case Bound(owner=owner, function=str(name)):
                return self._method(owner, name, args, named, node)
            case Partial():
                return self.call(function.function, (*function.args, *args), {**function.named, **named}, node)
            case OwnClass():
                return machine.classes.instance(function, args, named, node)
            case Library():
                return self._library(function, args, named, node)
        return self._object(function, args, named, node)

    def _object(self, function: Any, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What an object gives that is called as if it were a function: a layer, an initializer."""
        machine, site = self._machine, Site(self._machine, node)
        match function:
            case str() if function in dtypes.NUMBERS:  # the name stands for NumPy's class: np.float32(3)
                return library.call(arrays.cast, site, (function, *args), named)
            case Call(kind=kind) if "initializers." in kind and (empty := library.function_of("keras.ops.empty")):
                return library.call(empty, site, args, named)
            case Instance() if function.live is None:
                own = machine.attribute(function, "__call__", node)
                return (
                    site.unknown("this object cannot be called")
                    if own is MISSING
                    else self.call(own, args, named, node)
                )
            case Thing():
                own = function.method("called")
                return library.call(own, site, args, named) if own else site.unknown("this object cannot be called")
        if machine.session.is_live(function):
            return machine.session.apply(function, args, named, node)
        return site.unknown(f"{site.text} calls something that cannot be called")

    def _of_lost_model(self, function: Unknown, node: ast.AST) -> None:
        """A model that is not known may be the one that is meant: it is shown, or compiled."""
        name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if name == "summary":
            self._machine.session.members.shown = function
        elif name == "compile":
            self._machine.session.compiled = self._machine.session.trained = function

    def _passed(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The function or class that a decorator of a library is given, which it gives back."""
        only = args[0] if len(args) == 1 and not named else None
        return only if isinstance(only, Function | OwnClass) else None

    def lost(self, function: Unknown, args: tuple[Any, ...], named: dict[str, Any]) -> Unknown:
        """The result of a function that is not known, which may have changed what it was given."""
        self.lose_given((*args, *named.values()), function)
        return Unknown(function.cause)

    def lose_given(self, values: Iterable[Any], lost: Unknown) -> None:
        """Says that code that is not known has had these values, and may have changed them."""
        for one in values:
            if self._machine.session.is_live(one) or isinstance(one, list | dict | set | Instance):
                self._machine.taint(one, lost)

    def _method(self, owner: Any, name: str, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A method that Python, a library or Keras gives a value."""
        site = Site(self._machine, node)
        if isinstance(owner, Thing):
            own = owner.method(name)
            return library.call(own, site, args, named)
        table = method_table(owner)
        if table is not None:
            return library.call(table[name], site, (owner, *args), named)
        return self._machine.session.method(owner, name, args, named, node)

    def _library(self, function: Library, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        machine, site = self._machine, Site(self._machine, node)
        known = library.function_of(function.path)
        if known is not None:
            return library.call(known, site, args, named)
        made = machine.session.of_library(function.path, args, named, node)
        if made is not MISSING:
            return made
        if machine.modules.is_inert(function.path):
            return self._passed(args, named) or site.inert()
        lost = site.unknown(f"{site.text} is a call whose result is not known here")
        if machine.session.has_tensor((*args, *named.values())):
            lost.cause.message = f"{site.text} on a layer's output is not followed"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and not machine.modules.is_known(function.path)
        ):
            return self.lost(lost, args, named)
        return lost
