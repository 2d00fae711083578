"""The list of all kinds, and a page for each kind, made from the declarations."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.declare.layer import Layer
from convcalc.layers import ELSEWHERE, FAMILIES, FUNCTIONS, LEFT_OUT, OPERATIONS, UNCOVERED, find
from convcalc.sizes.shapes import Shape
from convcalc.stack.published import network_of
from convcalc.tools.arguments import argument_lines, argument_to_dict
from convcalc.tools.explanation import Explanation, explain_layer

if TYPE_CHECKING:
    from convcalc.tools.networks import NetworkListing, NetworkPage


class Listing:
    """Every kind, by family; and the classes of Keras that are not covered, with the reasons."""

    def __init__(self) -> None:
        self.uncovered = UNCOVERED
        self.families = {family: _kinds(names.split()) for family, names in FAMILIES.items()}

    def to_dict(self) -> dict[str, Any]:
        """The listing as JSON has it."""
        return {
            "layers": [
                {"name": kind.__name__, "aliases": kind.aliases, "family": family, "summary": headline(kind)}
                for family, kinds in self.families.items()
                for kind in kinds
            ],
            "uncovered": [{"name": name, "reason": reason} for name, reason in self.uncovered.items()],
        }

    def text(self) -> str:
        """The listing as aligned lines under the families' names."""
        told = {family: {kind.__name__: headline(kind) for kind in kinds} for family, kinds in self.families.items()}
        told["not covered"] = self.uncovered
        return _blocks(told)


class Operations:
    """Every operation between layers, by the file that declares it; and the functions that are none, with reasons."""

    def __init__(self) -> None:
        self.left_out = LEFT_OUT
        self.families: dict[str, dict[str, list[type[Layer]]]] = {}
        for name, module in OPERATIONS.items():
            own = [function for function, kind in {**FUNCTIONS, **ELSEWHERE}.items() if f"ops.{kind}" == name]
            self.families.setdefault(module.removeprefix("ops."), {})[", ".join(own)] = [find(name)]

    def to_dict(self) -> dict[str, Any]:
        """The listing as JSON has it."""
        return {
            "operations": [
                {"name": kind.__name__, "functions": names.split(", "), "family": family, "summary": headline(kind)}
                for family, kinds in self.families.items()
                for names, (kind,) in kinds.items()
            ],
            "left_out": [{"name": name, "reason": reason} for name, reason in self.left_out.items()],
        }

    def text(self) -> str:
        """The listing as aligned lines under the families' names: functions of keras.ops, kinds, summaries."""
        told = {
            family: {names: f"{kind.__name__:<18}  {headline(kind)}" for names, (kind,) in kinds.items()}
            for family, kinds in self.families.items()
        }
        told["left out"] = self.left_out
        return _blocks(told)


class Description:
    """One kind: its arguments, its aliases, and its sample explained."""

    def __init__(self, kind: type[Layer]) -> None:
        self.kind = kind
        self.code = ""
        self.explanation: Explanation | None = None
        if ">>>" in (kind.__doc__ or ""):  # operations have no samples
            self.code, layer, shapes = sample(kind)
            self.explanation = explain_layer(layer, *shapes)

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON has it; the arguments' ``accepts`` are JSON Schemas."""
        return {
            "name": self.kind.__name__,
            "aliases": self.kind.aliases,
            "summary": headline(self.kind),
            "arguments": [argument_to_dict(one, self.kind.rank) for one in self.kind.arguments.values()],
        } | ({"example": {"code": self.code, **self.explanation.to_dict()}} if self.explanation else {})

    def text(self) -> str:
        """The description as a page of text."""
        kind = self.kind
        lines = argument_lines(kind.arguments.values(), kind.rank)
        also = [f"Also: {', '.join(kind.aliases)}"] if kind.aliases else []
        head = [f"{kind.__name__}: {headline(kind)}", *also, "", "Arguments, in order:" if lines else "No arguments."]
        example = ["", f"Example: {self.code}", self.explanation.text()] if self.explanation else []
        return "\n".join([*head, *lines, *example])


def listing() -> Listing:
    """Every kind, by family."""
    return Listing()


def operations() -> Operations:
    """Every operation between layers."""
    return Operations()


def networks() -> NetworkListing:
    """Every published network, by family."""
    from convcalc.tools.networks import NetworkListing

    return NetworkListing()


def describe(name: str) -> Description | NetworkPage:
    """One kind of layer, by any of its names, or a published network. Raises `ArgumentError` for an unknown one."""
    if network_of(name) is None:
        return Description(find(name))
    from convcalc.tools.networks import NetworkPage

    return NetworkPage(name)


def headline(kind: type[Layer]) -> str:
    """The first line of the kind's docstring."""
    return (kind.__doc__ or "").partition("\n")[0]


def sample(kind: type[Layer]) -> tuple[str, Layer, tuple[Shape, ...]]:
    """The kind's first sample: its code, the layer and its inputs' shapes.

    The sample ends in ``.on(5, 3)``, or in ``.infer((None, 5, 3), (None, 1, 3))`` for several inputs.
    """
    code = next(line for line in (kind.__doc__ or "").splitlines() if ">>>" in line).partition(">>> ")[2]
    on: Any = ast.parse(code, mode="eval").body
    given = tuple(ast.literal_eval(value) for value in on.args)
    shapes = given if on.func.attr == "infer" else ((None, *given),)
    return ast.unparse(on.func.value), construct(on.func.value, find), shapes


def construct(node: Any, find: Callable[[str], Any]) -> Any:
    """The value of a literal; for a call, a layer of the kind that ``find`` gives for the name."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            named = {keyword.arg or "": construct(keyword.value, find) for keyword in node.keywords}
            return find(name)(*(construct(argument, find) for argument in node.args), **named)
        case ast.List():
            return [construct(element, find) for element in node.elts]
    return ast.literal_eval(node)


def _blocks(told: Mapping[str, Mapping[str, str]]) -> str:
    """Names and texts as aligned lines under titles."""
    width = max(len(name) for lines in told.values() for name in lines)
    blocks = [[title.replace("_", " "), *(f"  {n:<{width}}  {t}" for n, t in told[title].items())] for title in told]
    return "\n\n".join("\n".join(block) for block in blocks)


def _kinds(names: list[str]) -> list[type[Layer]]:
    """The kinds behind names, each once, in the order of declaration."""
    return list(dict.fromkeys(find(name) for name in names))
