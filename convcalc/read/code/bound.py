"""What a name of a script is bound to, beside plain values and layers."""

from __future__ import annotations

import ast
from collections import ChainMap
from typing import Any

from convcalc.errors import ConvcalcError
from convcalc.script import NOTHING, Call, Given
from convcalc.sizes.shapes import Shape
from convcalc.source import Place


class Imported:
    """What an import brings, by its whole name: ``keras.layers.Dense``."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


class Unknown:
    """A value that is not known, and the error that says why."""

    __slots__ = ("error",)

    def __init__(self, error: ConvcalcError) -> None:
        self.error = error


class Applied:
    """One call of a layer or a model on tensors, ``number`` of all its calls; ``listed`` in a list.

    ``shapes`` are its outputs' shapes, batch first, or for a ``Lambda`` ``stated``; ``error`` says why there are none.
    """

    __slots__ = ("error", "inputs", "layer", "listed", "number", "options", "place", "roles", "shapes", "stated")

    def __init__(
        self,
        layer: Call,
        inputs: tuple[Tensor, ...],
        roles: tuple[str, ...],
        options: dict[str, Given],
        number: int,
        place: Place,
        listed: bool = False,
    ) -> None:
        self.layer = layer
        self.listed = listed
        self.inputs = inputs
        self.roles = roles
        self.options = options
        self.number = number
        self.place = place
        self.shapes: tuple[Shape, ...] = ()
        self.stated = NOTHING
        self.error: ConvcalcError | None = None

    @property
    def outputs(self) -> list[Tensor]:
        """Its outputs; one where nothing is known of them."""
        return [Tensor(self, index) for index in range(len(self.shapes) or 1)]


class Tensor:
    """Output ``index`` of a call."""

    __slots__ = ("index", "source")

    def __init__(self, source: Applied, index: int = 0) -> None:
        self.source = source
        self.index = index

    @property
    def shape(self) -> Shape | None:
        """Batch first; None where it is not known."""
        shapes = self.source.shapes
        return shapes[self.index] if self.index < len(shapes) else None


class Model(Call):
    """A model that the script makes.

    ``calls`` are the calls in a Functional model, in the order in which they are made, from ``given`` to ``results``.
    A Sequential calls all its layers anew in each of its ``builds``; ``since`` says which is the first of a layer,
    ``knows_input`` whether every layer that is added makes another. ``shape`` is what ``build()`` was given,
    ``fed`` the name of the InputLayer that Keras made.
    """

    __slots__ = ("builds", "calls", "fed", "given", "knows_input", "layers", "results", "shape", "since")
    layers: list[Call]

    def __init__(self, kind: str, place: Place) -> None:
        super().__init__(kind, place=place, layers=[])
        self.calls: list[Applied] = []
        self.given: list[Tensor] = []
        self.results: list[Tensor] = []
        self.shape: Given | None = None
        self.knows_input = False
        self.builds = 0
        self.since: dict[Call, int] = {}
        self.fed: Given | None = None

    @property
    def is_graph(self) -> bool:
        """Whether it is a Functional model rather than a Sequential."""
        return self.kind == "Functional"


class Partial:
    """``functools.partial(Conv2D, padding="same")``: a call that waits for more arguments."""

    __slots__ = ("call",)

    def __init__(self, call: ast.Call) -> None:
        self.call = call

    def with_more(self, more: ast.Call) -> ast.Call:
        """The whole call; what is given later wins."""
        func, *args = self.call.args
        given = {word.arg for word in more.keywords}
        words = [word for word in self.call.keywords if word.arg not in given]
        return ast.copy_location(ast.Call(func, [*args, *more.args], [*words, *more.keywords]), more)


class Space:
    """A class of the script's own that only holds values."""

    __slots__ = ("names",)

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names


class Function:
    """A function of the script's own, with the defaults of its parameters and the names around it."""

    __slots__ = ("defaults", "names", "node", "parameters")

    def __init__(self, node: ast.FunctionDef | ast.Lambda, defaults: dict[str, Any], names: ChainMap[str, Any]) -> None:
        self.node = node
        self.parameters = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
        self.defaults = defaults
        self.names = names
