"""Classes of the script's own, and their objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.read.code.scope import Scope
from convcalc.read.code.values import (
    MISSING,
    Cause,
    Function,
    Inert,
    Instance,
    OwnClass,
    Partial,
    Super,
    Unknown,
)

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine


class Classes:
    """Makes classes, and objects of them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def defined(self, node: ast.ClassDef) -> Any:
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
            result = (
                result if isinstance(called, Inert) else self._machine.runner.call(called, (result,), {}, decorator)
            )
        return result

    def instance(self, cls: OwnClass, args: tuple[Any, ...], named: dict[str, Any], node: ast.AST) -> Any:
        """A new object of a class of the script's own."""
        machine = self._machine
        if cls.cause:
            return self._machine.runner.lost(cls.cause, args, named)
        made = Instance(cls)
        bases = {one.path for one in cls.libraries()}
        if bases & {"builtins.list", "collections.UserList"}:
            items = machine.items(args[0], node) if args else []
            if isinstance(items, Unknown):
                return self._machine.runner.lost(items, args, named)
            made.items = [*items]
        elif bases & {"builtins.dict", "collections.OrderedDict", "collections.UserDict"}:
            made.items = dict(args[0] if args and isinstance(args[0], dict) else {}, **named)
        machine.session.begin(made, args, named, node)
        own = cls.find("__init__")
        if isinstance(own, Function):
            self._machine.functions.run(own, (made, *args), named, node)
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
                value = self._machine.runner.call(value.named["default_factory"], (), {}, node)
            made.attrs[name] = self._machine.unknown(f"no {name} is given", node) if value is MISSING else value
        after = self._machine.attribute(made, "__post_init__", node)
        if after is not MISSING:
            self._machine.runner.call(after, (), {}, node)

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
