"""The layer: arguments declared once as typed attributes, a few rules as methods; and the registry of kinds."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from convcalc.compute.activations import function
from convcalc.compute.initializers import misfit
from convcalc.declare import settings
from convcalc.declare import types as t
from convcalc.declare.argument import Argument, bind, common_arguments
from convcalc.declare.signature import Signature, check_count
from convcalc.declare.traits import Home, Masks, Positions, Simple
from convcalc.declare.weight import Inferred, Weight
from convcalc.errors import ShapeError
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, channels_first, channels_last, show
from convcalc.sizes.windows import AXES, Axis

if TYPE_CHECKING:
    from convcalc.compute.linear import Linear


class Layer(metaclass=ABCMeta):
    """A configured layer of some kind: immutable, validated, without knowledge of its neighbours.

    What a kind may say of itself comes first: facts as class attributes, Keras's arguments as `arg`s. The rules of
    a kind are the methods from `check` on; a kind overrides the rules in which it differs from the identity. Rules see
    shapes and arrays as ``(batch, *spatial, channels)``; ``data_format`` is settled here.
    """

    kinds: ClassVar[dict[str, type[Layer]]] = {}

    # Where and how Keras has the kind. A layer that is ``built_at_init`` shows "0" before it has met an input, and
    # not "0 (unbuilt)".
    home: ClassVar[Home] = Home()
    aliases: ClassVar[tuple[str, ...]] = ()
    built_at_init: ClassVar[bool] = False

    # What the kind's `call` takes, and what becomes of masks, of positions and of the inputs' dtypes: with
    # ``follows_dtype`` the dtype of an output depends on them, as the rule `typed` says.
    signature: ClassVar[Signature] = Signature("inputs")
    masks: ClassVar[Masks] = Masks()
    positions: Positions = Positions()
    follows_dtype: ClassVar[bool] = False
    # The number of spatial axes; 0 for a kind without any.
    rank: ClassVar[int] = 0

    # What `__init__` takes. ``first`` are leading positional arguments where the kind's order differs from its
    # family's; ``extras`` are taken by keyword alone, though Keras's signature does not show them; ``renamed`` are old
    # names of arguments, which win over the new ones, as in Keras; ``common`` are taken by keyword by every layer, and
    # a kind that takes fewer has its own.
    first: ClassVar[tuple[str, ...]] = ()
    extras: ClassVar[dict[str, Argument]] = {}
    renamed: ClassVar[dict[str, str]] = {}
    common: ClassVar[dict[str, Argument]] = common_arguments()
    # Made of these: the kind's own arguments in positional order, and all arguments that it takes, by name.
    arguments: ClassVar[dict[str, Argument]] = {}
    accepted: ClassVar[dict[str, Argument]] = {}
    _defaults: ClassVar[dict[str, Any]]

    # What other rooms ask of every layer, whether or not its kind has the argument.
    name: str | None
    trainable: bool = True
    dtype: str
    autocast: bool = True
    data_format: str = "channels_last"
    activation: Any = "linear"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    stateful: bool = False

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
                Layer.kinds[cls.home.prefix + kind] = cls

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
        """The shape of the only input; `WiringError` where there are several inputs."""
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

    def count(self, inputs: Sequence[object]) -> None:
        """Refuses a number of inputs that the kind does not take."""
        check_count(type(self).__name__, len(inputs), self.signature.least, self.signature.most)

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The layer's output at inference; ``weights`` in the order of `Inferred.weights`."""
        (x,) = inputs
        if not self.is_channels_first or x.ndim < 3:
            return self.forward(weights, x)
        y = self.forward(weights, np.moveaxis(x, 1, -1))
        return np.moveaxis(y, -1, 1) if y.ndim == x.ndim else y

    def makes(self, named: bool) -> tuple[str, ...]:
        """The kinds of the layers that Keras makes and numbers inside this layer: the layers that it holds.

        ``named`` says that the layer has a name of its own, which some kinds give to the layers inside.
        """
        return tuple(kind for one in self.held for kind in _made(one))

    @property
    def output_dtype(self) -> str:
        """The dtype of the output: the compute dtype, unless the layer gives positions or classes."""
        return dtypes.compute_dtype(self.dtype)

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype of an output, by its number, for inputs of the ``given`` dtypes."""
        return self.output_dtype

    @property
    def computes_in(self) -> str:
        """The dtype of the computation, to which real inputs are cast: the compute dtype, or the kind's own."""
        return dtypes.compute_dtype(self.dtype)

    @property
    def casts(self) -> bool:
        """Whether real inputs and weights are cast to the compute dtype."""
        return self.autocast

    @property
    def acts_in_training(self) -> bool:
        """Whether a call with ``training=True`` computes something else than a call without."""
        return bool(self.dropout or self.recurrent_dropout) or any(one.acts_in_training for one in self.held)

    @property
    def is_linear(self) -> bool:
        """Whether the layer consists of products: whether its kind has the rule `linear`."""
        return type(self).linear is not Layer.linear

    @property
    def is_channels_first(self) -> bool:
        """Whether shapes and arrays outside the rules are ``(batch, channels, *spatial)``."""
        return self.data_format == "channels_first"

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

        Softmax and the like go along the last axis as Keras stores it: with ``channels_first``, a spatial axis.
        """
        act = function(self.activation)
        return np.moveaxis(act(np.moveaxis(y, -1, 1)), 1, -1) if self.is_channels_first else act(y)

    # The rules of a kind.

    def check(self) -> None:  # noqa: B027 - most kinds have nothing to refuse
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

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """The output's mask, false where a step is missing; a tuple for several outputs; None for no mask.

        ``masks`` are the masks of ``inputs``. The mask is made by ``ops``: of arrays by `convcalc.compute.masking`, of
        tensors of a graph by operations in the graph. Asked only where the kind passes masks.
        """
        return masks[0]

    # The rules that a plan asks, to compute layers together and to know the memory that computing takes.

    def linear(self, w: Sequence[Array], x: Shape) -> tuple[Linear, ...]:
        """The products that the layer consists of, one after the other, before its activation; none for others."""
        return ()

    def simply(self, x: Shape) -> Simple:
        """The one simple thing that the layer does, on an input of this shape; empty where it does more."""
        return Simple()

    def scratch(self, *shapes: Shape) -> int:
        """The number of values held while computing, on inputs of these shapes, beside copies of input and output."""
        return 0

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
    """The outputs of `Layer.apply` as a tuple, whether one output or several."""
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _layers_in(values: Iterable[Any]) -> Iterator[Layer]:
    """The layers among values, and in lists among values."""
    for value in values:
        if isinstance(value, Layer):
            yield value
        elif isinstance(value, list | tuple):
            yield from _layers_in(value)


def _made(held: Layer) -> tuple[str, ...]:
    """The kinds that Keras numbers for a layer inside another: first the layers inside it, then itself."""
    return (*held.makes(held.name is not None), *(() if held.name else (held.kind,)))
