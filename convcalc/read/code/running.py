"""Calls: of the script's own functions and classes, of methods, of whatever else a script calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.read.code import arrays, library, number_kinds
from convcalc.read.code.attributes import method_table
from convcalc.read.code.scope import LEAVES, Frame, Scope
from convcalc.read.code.signals import Signal
from convcalc.read.code.site import Site
from convcalc.read.code.values import (
    MISSING,
    Bound,
    Cause,
    Foreign,
    Function,
    Inert,
    Instance,
    Library,
    OwnClass,
    Partial,
    Super,
    Thing,
    Unknown,
)
from convcalc.script import Call

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

# Decorators that leave a function what it is, as far as models are concerned.
_MARKS = ("property", "staticmethod", "classmethod", "cached_property", "abstractmethod", "setter")


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
                return function if isinstance(function, Foreign) else self._lost(function, args, named)
            case Function():
                return self.run(function, args, named, node)
            case Bound(owner=owner, function=Function() as inner):
                result = self.run(inner, (owner, *args), named, node)
                machine.session.after_method(owner, inner.name)
                return result
            case Bound(owner=owner, function=str(name)):
                return self._method(owner, name, args, named, node)
            case Partial():
                return self.call(function.function, (*function.args, *args), {**function.named, **named}, node)
            case OwnClass():
                return self.instance(function, args, named, node)
            case Library():
                return self._library(function, args, named, node)
        if machine.session.is_live(function):
            return machine.session.apply(function, args, named, node)
        return self._object(function, args, named, node)

    def _object(self, function: Any, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What an object gives when it is called."""
        machine, site = self._machine, Site(self._machine, node)
        match function:
            case str() if function in number_kinds.NUMBERS:  # the name stands for NumPy's class: np.float32(3)
                return library.call(arrays.cast, site, (function, *args), named)
            case Call(kind=kind) if "initializers." in kind and (empty := library.function_of("keras.ops.empty")):
                return library.call(empty, site, args, named)
            case Instance():
                own = machine.attribute(function, "__call__", node)
                if own is not MISSING:
                    return self.call(own, args, named, node)
            case Thing():
                own = function.method("called")
                if own:
                    return library.call(own, site, args, named)
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

    def _lost(self, function: Unknown, args: tuple[Any, ...], named: dict[str, Any]) -> Unknown:
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
        site.spend(10)
        if isinstance(owner, Thing):
            own = owner.method(name)
            return library.call(own, site, args, named)
        table = method_table(owner)
        if table is not None:
            return library.call(table[name], site, (owner, *args), named)
        return self._machine.session.method(owner, name, args, named, node)

    def _library(self, function: Library, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        machine, site = self._machine, Site(self._machine, node)
        machine.spend(10, node)
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
            return self._lost(lost, args, named)
        return lost

    # Functions of the script's own.

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Function:
        """The function that a definition makes."""
        value, args = self._machine.evaluate.value, node.args
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        by_place = names[len(names) - len(args.defaults) :]
        defaults = {name: value(one) for name, one in zip(by_place, args.defaults, strict=True)}
        for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if default is not None:
                defaults[one.arg] = value(default)
        made = Function(node, defaults, self._machine.scope, self._machine.scope.module)
        made.yields = _yields(node)
        return made

    def defined(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Any:
        """What the name of a function definition stands for: the function, or what its decorators make of it."""
        made: Any = self.function(node)
        for decorator in reversed(node.decorator_list):
            made = self._decorated(made, decorator)
        return made

    def _decorated(self, made: Any, decorator: ast.expr) -> Any:
        mark = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
        if mark in _MARKS and isinstance(made, Function):
            made.kind = "property" if mark == "cached_property" else mark
            if mark == "setter" and isinstance(decorator, ast.Attribute):
                made.attrs["getter"] = self._machine.evaluate.value(decorator.value)
            return made
        value = self._machine.evaluate.value(decorator)
        return made if isinstance(value, Inert) else self.call(value, (made,), {}, decorator)

    def run(self, function: Function, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """What a function of the script's own returns."""
        machine = self._machine
        machine.spend(25, node)
        if machine.budget.depth >= machine.budget.MOST_DEPTH:
            lost = machine.unknown(f"functions call functions more than {machine.budget.MOST_DEPTH} deep", node)
            function.lost = lost
            return self._lost(lost, args, named)
        names = function.lost or self._endless(function) or self._parameters(function, args, named, node)
        if isinstance(names, Unknown):
            return self._lost(names, args, named)
        outside = machine.frame
        machine.frame = Frame(Scope(names, function.scope, function.module), function, outside, len(machine.doubts))
        machine.frame.node = node
        machine.budget.depth += 1
        try:
            return self._result(function)
        finally:
            machine.frame = outside
            machine.budget.depth -= 1

    def _endless(self, function: Function) -> Unknown | None:
        """Why it is not known how often a function calls itself: whether it does depends on what is not known."""
        frame: Frame | None = self._machine.frame
        while frame is not None and frame.function is not function:
            frame = frame.outer
        doubts = [] if frame is None else self._machine.doubts[frame.doubts :]
        return Unknown(doubts[0].cause) if doubts else None

    def _result(self, function: Function) -> Any:
        machine = self._machine
        if isinstance(function.node, ast.Lambda):
            return machine.evaluate.value(function.node.body)
        signal: Signal | None = machine.follow.block(function.node.body)
        frame = machine.frame
        if function.yields:
            return frame.endless or frame.yielded
        result = signal.value if signal is not None and signal.how == "return" else None
        for value, lost in frame.maybe:
            result = machine.branches.joined(result, value, lost)
        return result

    def _parameters(
        self, function: Function, given: tuple[Any, ...], named: dict[str, Any], node: ast.AST
    ) -> dict[str, Any] | Unknown:
        """The values of a function's parameters."""
        args = function.node.args
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        every = [*names, *(one.arg for one in args.kwonlyargs)]
        values = {**function.defaults, **dict(zip(names, given, strict=False))}
        more = {name: value for name, value in named.items() if name not in every}
        values.update({name: value for name, value in named.items() if name in every})
        rest = given[len(names) :]
        if args.vararg:
            values[args.vararg.arg] = tuple(rest)
        if args.kwarg:
            values[args.kwarg.arg] = more
        if rest and not args.vararg or more and not args.kwarg:
            return self._machine.unknown(f"{function.name} does not take these arguments", node)
        missing = next((name for name in every if name not in values), None)
        if missing:
            return self._machine.unknown(f"this call of {function.name} gives no {missing}", node)
        return values

    @contextmanager
    def inner_scope(self) -> Iterator[None]:
        """A scope of its own, for the names of a comprehension."""
        frame = self._machine.frame
        outside = frame.scope
        frame.scope = Scope({}, outside, outside.module)
        try:
            yield
        finally:
            frame.scope = outside

    # Classes of the script's own.

    def defined_class(self, node: ast.ClassDef) -> Any:
        """What the name of a class definition stands for."""
        machine = self._machine
        bases = tuple(machine.evaluate.value(one) for one in node.bases)
        scope = Scope({}, machine.scope, machine.scope.module, is_class=True)
        frame = machine.frame
        outside, frame.scope = frame.scope, scope
        try:
            machine.follow.block(node.body)
        finally:
            frame.scope = outside
        made = OwnClass(node.name, bases, scope.names, node, machine.scope.module)
        made.cause = next((one for one in bases if isinstance(one, Unknown)), None)
        for word in node.keywords:
            if word.arg == "metaclass" and "ABC" not in ast.unparse(word.value):
                made.cause = machine.unknown(f"the metaclass of {node.name} is not followed", node)
        for value in scope.names.values():
            if isinstance(value, Function) and value.owner is None:
                value.owner = made
        result: Any = made
        for decorator in reversed(node.decorator_list):
            called = machine.evaluate.value(decorator)
            result = result if isinstance(called, Inert) else self.call(called, (result,), {}, decorator)
        return result

    def instance(self, cls: OwnClass, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A new object of a class of the script's own."""
        machine = self._machine
        if cls.cause:
            return self._lost(cls.cause, args, named)
        made = Instance(cls)
        bases = {one.path for one in cls.libraries()}
        if bases & {"builtins.list", "collections.UserList"}:
            members = machine.items(args[0], node) if args else []
            made.items = [members] if isinstance(members, Unknown) else members
        elif bases & {"builtins.dict", "collections.OrderedDict", "collections.UserDict"}:
            made.items = dict(args[0] if args and isinstance(args[0], dict) else {}, **named)
        machine.session.begin(made, args, named, node)
        own = cls.find("__init__")
        if isinstance(own, Function):
            self.run(own, (made, *args), named, node)
        elif cls.find("__dataclass__") is not MISSING:
            self._fill(made, args, named, node)
        elif made.live is not None:
            machine.session.init(made, args, named, node)
        return made

    def _fill(self, made: Instance, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> None:
        """Gives a dataclass's object its fields."""
        fields: dict[str, Any] = {}
        for one in reversed(made.cls.order):
            for name in one.names.get("__annotations__", {}) if isinstance(one, OwnClass) else ():
                fields[name] = one.names.get(name, MISSING)
        for name, default in {**fields, **dict(zip(fields, args, strict=False)), **named}.items():
            value = default
            if isinstance(value, Partial) and value.args == ("field",):
                value = self.call(value.named["default_factory"], (), {}, node)
            made.attrs[name] = self._machine.unknown(f"no {name} is given", node) if value is MISSING else value
        after = self._machine.attribute(made, "__post_init__", node)
        if after is not MISSING:
            self.call(after, (), {}, node)

    def super_of(self, node: ast.Call) -> Any:
        """``super()``, or ``super(Class, self)``."""
        machine = self._machine
        if node.args:
            owner, instance = (machine.evaluate.value(one) for one in node.args[:2])
        else:
            function = next((f for f in self._functions() if f.owner), None)
            owner = function.owner if function else None
            first = function.node.args.args[0].arg if function and function.node.args.args else ""
            instance = machine.scope.find(first)
        if isinstance(owner, OwnClass) and isinstance(instance, Instance | OwnClass):
            return Super(owner, instance)
        return Unknown(Cause("super() is not known here", machine.place(node)))

    def _functions(self) -> Iterator[Function]:
        if self._machine.frame.function:
            yield self._machine.frame.function


# What has nothing inside that belongs to the function around it.
_CLOSED = (*LEAVES, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@lru_cache(maxsize=10_000)
def _yields(node: ast.AST) -> bool:
    """Whether a function yields."""
    todo = list(ast.iter_child_nodes(node))
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, _CLOSED):
            todo += ast.iter_child_nodes(one)
    return False
