"""The layer: arguments declared once as typed attributes, a few rules as methods; and the registry of kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from convcalc.compute.activations import function
from convcalc.compute.initializers import misfit
from convcalc.declare import settings
from convcalc.declare import types as t
from convcalc.declare.argument import Argument, bind, common_arguments
from convcalc.declare.calls import Called
from convcalc.declare.fusion import Joinable
from convcalc.declare.weight import Inferred, Weight
from convcalc.errors import ShapeError, WiringError
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, channels_first, channels_last, show
from convcalc.sizes.windows import AXES, Axis

# A number of inputs that stands for any.
MANY = 1_000


class Layer(Called, Joinable):
    """A configured layer of some kind: immutable, validated, without knowledge of its neighbours.

    Rules see shapes and arrays as ``(batch, *spatial, channels)``; ``data_format`` is settled here.
    """

    kinds: ClassVar[dict[str, type[Layer]]] = {}
    # Where Keras has it.
    module: ClassVar[str] = "keras.layers"
    aliases: ClassVar[tuple[str, ...]] = ()
    # What stands before the names of kinds that are no layers, where a kind is asked for.
    prefix: ClassVar[str] = ""
    arguments: ClassVar[dict[str, Argument]] = {}
    # Leading positional arguments where a kind's order differs from its family's.
    first: ClassVar[tuple[str, ...]] = ()
    # Arguments beyond Keras's signature that its layer still takes by keyword.
    extras: ClassVar[dict[str, Argument]] = {}
    # Old names of arguments; they win over the new one, as in Keras.
    renamed: ClassVar[dict[str, str]] = {}
    # Arguments that every Keras layer takes by keyword; a kind that takes fewer has its own.
    common: ClassVar[dict[str, Argument]] = common_arguments()
    # How many inputs it takes, and whether Keras wants them in one list.
    takes: ClassVar[range] = range(1, 2)
    listed: ClassVar[bool] = False
    # Whether a recurrent layer can repeat it at every time step.
    is_cell: ClassVar[bool] = False
    # Number of spatial axes; 0 for layers without any.
    rank: ClassVar[int] = 0
    # Every argument by name: the kind's own in positional order, then those by keyword.
    accepted: ClassVar[dict[str, Argument]] = {}
    # Keras builds these at construction: an unbuilt model shows "0", not "0 (unbuilt)".
    built_at_init: ClassVar[bool] = False
    # Whether it has no dtype of its own, and its output that of its first input.
    follows_dtype: ClassVar[bool] = False
    # Whether it rearranges positions, so that axes cannot be followed through it.
    moves_axes: bool = False
    # Whether each output value sees the whole input, as after Flatten.
    sees_all: ClassVar[bool] = False
    # Whether its meaning is Python code, of which only what a file states is known.
    is_opaque: ClassVar[bool] = False

    # Whether its weights are known, given its input's shape.
    is_counted: bool = True

    name: str | None
    trainable: bool = True
    dtype: str
    activation: Any
    _defaults: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        own = [value.declared(name) for name, value in vars(cls).items() if isinstance(value, Argument)]
        if "extras" in vars(cls):
            cls.extras = {argument.declared(name).name: argument for name, argument in cls.extras.items()}
        arguments = {**cls.arguments, **{argument.name: argument for argument in own}}
        cls.arguments = {**{name: arguments[name] for name in cls.first}, **arguments}
        cls.accepted = {**cls.arguments, **cls.extras}
        cls.accepted |= {name: a for name, a in cls.common.items() if name not in cls.accepted}
        cls._defaults = {}
        if not cls.__name__.startswith("_"):
            for kind in (cls.__name__, *cls.aliases):
                Layer.kinds[cls.prefix + kind] = cls

    def __init__(self, *positional: Any, **named: Any) -> None:
        values = bind(type(self), positional, named)
        self.held: tuple[Layer, ...] = tuple(_layers_in(values.values()))
        whole = self._with_defaults(values)
        self.__dict__.update({self.accepted[name].attribute: value for name, value in whole.items()})
        self.check()

    @classmethod
    def _with_defaults(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The values and, for every argument not given, its default as `Argument.read` makes it."""
        if not cls._defaults:
            cls._defaults = {
                name: argument.read(argument.default, cls.rank)
                for name, argument in cls.accepted.items()
                if not argument.required
            }
        whole = {**cls._defaults, **values}
        for name, argument in cls.arguments.items():
            if argument.same_as and whole[name] is None:
                whole[name] = whole[argument.same_as]
            elif isinstance(argument.type, t.DataFormat) and name not in values:
                whole[name] = settings.image_data_format()  # the default in force now, not at the first call
        return whole

    @property
    def kind(self) -> str:
        """The class's name in Keras."""
        return type(self).__name__

    @property
    def config(self) -> dict[str, Any]:
        """Every argument of the kind by name, defaults filled in, in Keras's order."""
        return {name: getattr(self, self.accepted[name].attribute) for name in (*self.arguments, *self.extras)}

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.config.items())
        return f"{type(self).__name__}({given})"

    def on(self, *sizes: Dim) -> Inferred:
        """What the layer makes of an input of these sizes, batch left out.

        Raises `ShapeError` where Keras refuses the shape.
        """
        return self.infer((None, *sizes))

    def only(self, shapes: Sequence[Shape]) -> Shape:
        """The shape of the only input; `WiringError` where there are others."""
        self.count(shapes)
        return shapes[0]

    def infer(self, *shapes: Shape) -> Inferred:
        """What the layer makes of inputs of these shapes, batch first; `ShapeError` where Keras refuses.

        A kind that takes several inputs, or holds layers, has an `infer` and an `apply` of its own.
        """
        shape = self.only(shapes)
        if len(shape) not in self.ranks():
            raise self.wrong_rank(shape)
        turned = self.is_channels_first and len(shape) > 2
        x = channels_last(shape) if turned else shape
        y = self.output(x)
        weights = tuple(self.stored(weight) for weight in self.weights(x))
        output = channels_first(y) if turned and len(y) == len(x) else y
        return Inferred(output, weights, tuple(self.macs(x, y)), self.axes(x), self.more(x, y))

    def count(self, inputs: Sequence[object], takes: range | None = None) -> None:
        """Refuses a number of inputs that the kind does not take, or this layer of it."""
        takes = takes or self.takes
        if len(inputs) in takes:
            return
        least, beyond = takes.start, takes.stop
        most = "" if beyond - least == 1 else " or more" if beyond > MANY else f" to {beyond - 1}"
        noun = "input" if most == "" and least == 1 else "inputs"
        raise WiringError(
            f"{type(self).__name__} takes {least}{most} {noun}, got {len(inputs)}",
            code="input-count",
            why="a layer in a chain has one input, the output above it" if len(inputs) == 1 else None,
            help="use it in a graph, where a layer names its inputs: `from: [a, b]`" if len(inputs) == 1 else None,
        )

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The layer's output at inference; ``weights`` in the order of `Inferred.weights`."""
        (x,) = inputs
        if not self.is_channels_first or x.ndim < 3:
            return self.forward(weights, x)
        y = self.forward(weights, np.moveaxis(x, 1, -1))
        return np.moveaxis(y, -1, 1) if y.ndim == x.ndim else y

    def makes(self, named: bool) -> tuple[str, ...]:
        """The kinds of the layers that Keras makes, and numbers, inside this one: those that it holds.

        ``named`` says that the layer has a name of its own, which some give to the layers inside.
        """
        return tuple(kind for one in self.held for kind in _made(one))

    @property
    def output_dtype(self) -> str:
        """The dtype of the output: the compute dtype, unless the layer gives positions or classes."""
        return dtypes.compute_dtype(self.dtype)

    @property
    def computes_in(self) -> str:
        """The dtype of the computation, to which real inputs are cast: the compute dtype, where there is any."""
        return dtypes.compute_dtype(self.dtype)

    @property
    def is_channels_first(self) -> bool:
        """Whether shapes and arrays outside the rules are ``(batch, channels, *spatial)``."""
        return getattr(self, "data_format", "channels_last") == "channels_first"

    def stored(self, weight: Weight) -> Weight:
        """The weight with the layer's dtype, an initializer and, in a frozen layer, not trainable.

        Raises `ShapeError` where the initializer cannot fill it.
        """
        weight.dtype = weight.dtype or dtypes.variable_dtype(self.dtype)
        weight.trainable = weight.trainable and self.trainable
        if weight.initializer is None:
            weight.initializer = "glorot_uniform" if "float" in weight.dtype else "zeros"
        reason = misfit(weight.initializer, weight.shape, weight.dtype)
        if reason:
            raise ShapeError(
                f"the {weight.name} cannot be filled",
                code="initializer",
                argument=next((n for n, value in self.config.items() if value is weight.initializer), None),
                why=reason,
                help="use an initializer for weights of any shape, such as 'glorot_uniform' or 'zeros'",
            )
        return weight

    @classmethod
    def ranks(cls) -> range:
        """Ranks of input that are accepted, batch and channels included."""
        return range(cls.rank + 2, cls.rank + 3) if cls.rank else range(1, 100)

    def activate(self, y: Array) -> Array:
        """``y`` after the layer's ``activation``, a name or an activation layer.

        Keras's softmax and its kin go along the last axis as stored: in ``channels_first`` that is a spatial one.
        """
        act = function(self.activation)
        return np.moveaxis(act(np.moveaxis(y, -1, 1)), 1, -1) if self.is_channels_first else act(y)

    # The rules of a kind. A kind without weights and products changes only what it overrides.

    def check(self) -> None:
        """Refuses arguments that are fine alone and wrong together."""

    def output(self, x: Shape) -> Shape:
        """The output shape."""
        return x

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """The shapes of further outputs, such as a recurrent layer's states."""
        return ()

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The weights, in Keras's order."""
        return iter(())

    def macs(self, x: Shape, y: Shape) -> Iterable[Product]:
        """Multiply-accumulates for one sample, as products of named factors (metrics: MACs)."""
        return ()

    def axes(self, x: Shape) -> tuple[Axis, ...]:
        """How each spatial axis is walked; empty where every position stays by itself."""
        return ()

    def steps(self, x: Shape, y: Shape) -> Iterable[Step]:
        """How the output shape comes about, where `axes` do not say it."""
        return ()

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The output of `(batch, *spatial, channels)` input, at inference."""
        return x

    def wrong_rank(self, shape: Shape) -> ShapeError:
        """The refusal of an input of the wrong rank."""
        ranks = self.ranks()
        need = f"{ranks.start}" if len(ranks) == 1 else f"{ranks.start} or more"
        spatial = AXES.get(self.rank, ())
        time = ("time",) * (ranks.start - self.rank - 2) if spatial else ()
        axes = (*time, "channels", *spatial) if self.is_channels_first else (*time, *spatial, "channels")
        return ShapeError(
            f"{type(self).__name__} needs {need} axes, got {len(shape)}",
            code="wrong-rank",
            why=f"its input is {show(shape)}, batch included",
            help=f"give it ({', '.join(axes)}), without the batch" if spatial else None,
        )


def as_tuple(outputs: Any) -> tuple[Array, ...]:
    """What `Layer.apply` gives, one output or several, as a tuple."""
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _layers_in(values: Iterable[Any]) -> Iterator[Layer]:
    """The layers among values, those in lists too."""
    for value in values:
        if isinstance(value, Layer):
            yield value
        elif isinstance(value, list | tuple):
            yield from _layers_in(value)


def _made(held: Layer) -> tuple[str, ...]:
    """The kinds that Keras numbers for a layer inside another: what it makes itself, then its own."""
    return (*held.makes(held.name is not None), *(() if held.name else (held.kind,)))
