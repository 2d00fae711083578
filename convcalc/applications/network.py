"""What a published network is: its arguments, the rules that Keras has for them, and the function that builds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from convcalc.applications.builder import Builder
from convcalc.declare import types as t
from convcalc.declare.argument import Argument, arg, bind
from convcalc.declare.settings import image_data_format
from convcalc.declare.types.combined import OrNone
from convcalc.errors import ArgumentError, did_you_mean
from convcalc.script import Ref, Script
from convcalc.sizes.shapes import Dim, Shape, show
from convcalc.source import Place

# The values of a network's arguments as attributes, by the names of the arguments.
Given = SimpleNamespace
CLASSES = 1000

_DECLARED: dict[str, Any] = {
    "include_top": arg(t.flag, default=True, doc="whether the network ends in its classifier"),
    "weights": arg(t.anything, default="imagenet", doc="'imagenet', None or the path of a file; no file is read"),
    "input_tensor": arg(t.dims, default=None, doc="a tensor of a script to use as the input"),
    "input_shape": arg(t.dims, default=None, doc="sizes of the input without the batch"),
    "pooling": arg(t.anything, default=None, doc="without the top: 'avg' or 'max' pools the output"),
    "classes": arg(t.positive, default=CLASSES, doc="number of classes of the classifier"),
    "classifier_activation": arg(t.activation, default="softmax", doc="activation of the classifier"),
    "name": arg(OrNone(t.label), default=None, doc="the model's name"),
    "alpha": arg(t.number, default=1.0, doc="factor of the numbers of filters"),
    "depth_multiplier": arg(t.positive, default=1, doc="filters of a depthwise convolution for each channel"),
    "dropout": arg(t.fraction, default=1e-3, doc="share of the values dropped before the classifier"),
    "minimalistic": arg(t.flag, default=False, doc="whether blocks are plain, with kernels of size 3"),
    "dropout_rate": arg(t.fraction, default=0.2, doc="share of the values dropped before the classifier"),
    "include_preprocessing": arg(t.flag, default=True, doc="whether the network scales its input itself"),
}
ORDER = "include_top weights input_tensor input_shape pooling classes classifier_activation name"


class Network:
    """A published network of Keras's: the function ``build`` with the arguments in ``order``, as Keras has them.

    ``size`` is the height and the width of its usual input, and ``least`` the smallest. ``defaults`` are the
    arguments whose default is the network's own. ``shape`` and ``check``, where given, replace Keras's common rule
    for the input's shape, and refuse further arguments that do not go together.
    """

    renamed: Mapping[str, str] = {}
    rank = 0

    def __init__(
        self,
        build: Callable[[Builder, Ref, Given], Ref],
        *,
        size: int,
        least: int = 32,
        order: str = ORDER,
        shape: Callable[[Network, Given], Shape] | None = None,
        check: Callable[[Given], None] | None = None,
        label: Callable[[Given], str] | None = None,
        **defaults: Any,
    ) -> None:
        self.__name__ = ""
        self.build = build
        # The module that has the network.
        self.home: str = getattr(build, "func", build).__module__
        self.size = size
        self.least = least
        self.arguments = {name: _declared(name, defaults) for name in order.split()}
        # A model's own flag, which Keras's function does not take: `base.trainable = False` in a script.
        self.accepted = {**self.arguments, "trainable": arg(t.strict_flag, default=True, doc="").declared("trainable")}
        self._shape = shape or usual_shape
        self._check = check
        self._label = label

    def script(self, positional: Sequence[Any], named: dict[str, Any], place: Place | None = None) -> Script:
        """The network as calls; `ArgumentError` for arguments that Keras refuses."""
        given = self.read(positional, named)
        b = Builder(place)
        batch, *sizes = given.input_tensor or (None, *given.input_shape)
        output = self.build(b, b.input(tuple(sizes), batch), given)
        return b.script(output, given.name)

    def read(self, positional: Sequence[Any], named: dict[str, Any]) -> Given:
        """The values of all arguments, with the defaults filled in and the input's shape settled."""
        defaults = {one.name: one.read(one.default, 0) for one in self.arguments.values()}
        given = Given(**{**defaults, **bind(self, positional, named)})
        _check_weights(given)
        given.input_shape = self._shape(self, given)
        if self._check:
            self._check(given)
        if given.name is None and self._label:
            given.name = self._label(given)
        return given


def _declared(name: str, defaults: Mapping[str, Any]) -> Argument:
    """The argument of a name, with the network's own default."""
    common: Argument = _DECLARED[name]
    return Argument(common.type, defaults.get(name, common.default), common.doc, None).declared(name)


def _check_weights(given: Given) -> None:
    """Refuses weights that do not go with the other arguments."""
    weights = given.weights
    if isinstance(weights, str) and weights != "imagenet" and not {*"./\\"} & {*weights}:
        help = did_you_mean(weights, ["imagenet"]) or "give 'imagenet', None or the path of a file"
        raise wrong("weights", f"weights must be 'imagenet', None or the path of a file, got {weights!r}", help=help)
    if not given.include_top:
        return
    if weights == "imagenet" and given.classes != CLASSES:
        message = f"weights='imagenet' are for {CLASSES} classes, got {given.classes}"
        raise wrong("classes", message, help="use weights=None, or include_top=False and a classifier of your own")
    if weights is not None and given.classifier_activation not in ("softmax", "linear"):
        message = f"the activation of a trained classifier is 'softmax' or None, got {given.classifier_activation!r}"
        raise wrong("classifier_activation", message, help="use weights=None")


def usual_shape(network: Network, given: Given, size: int | None = None, top: bool | None = None) -> Shape:
    """The input's shape by the rule that most networks share (Keras's ``obtain_input_shape``).

    ``size`` is the usual height and width where they depend on the arguments. With ``top`` the sizes must be known;
    None stands for ``include_top``.
    """
    shape: Shape | None = given.input_shape or None
    size, top = size or network.size, given.include_top if top is None else top
    channels = shape[_channels()] if shape and len(shape) == 3 and given.weights != "imagenet" else 3
    usual = image(size, channels)
    if given.weights == "imagenet" and top and shape not in (None, usual):
        message = f"with its classifier and weights='imagenet' the input is {show(usual)}, got {show(shape or ())}"
        raise wrong("input_shape", message, help="use include_top=False or weights=None")
    if shape is None:
        return usual if top else image(None)
    check_shape(shape, network.least, given.weights)
    if top and None in shape:
        message = f"with its classifier the input must have known sizes, got {show(shape)}"
        raise wrong("input_shape", message, help="give every size, or use include_top=False")
    return shape


def check_shape(shape: Shape, least: int, weights: Any) -> None:
    """Refuses an input that is no image, is too small, or has other channels than the trained weights."""
    if len(shape) != 3:
        raise wrong("input_shape", f"input_shape must have three sizes, without the batch, got {show(shape)}")
    if weights == "imagenet" and shape[_channels()] != 3:
        message = f"weights='imagenet' are for 3 channels, got input_shape={show(shape)}"
        raise wrong("input_shape", message, help="use weights=None")
    if any(size is not None and size < least for size in sizes_of(shape)):
        raise wrong("input_shape", f"the input must be at least {least}x{least}, got {show(shape)}")


def check_channels_last(given: Given) -> None:
    """Refuses the default ``data_format`` channels_first, for the networks that Keras has in channels_last only."""
    if image_data_format() != "channels_last":
        message = "Keras has this network with data_format channels_last only, and channels_first is the default"
        raise ArgumentError(message, code="bad-value", help="make channels_last the default")


def sizes_of(shape: Shape) -> tuple[Dim, Dim]:
    """The height and the width of an image's shape, without the batch."""
    first = 0 if _channels() else 1
    return shape[first], shape[first + 1]


def square_of(given: Given, sizes: Sequence[int], usual: int) -> int:
    """The size of a square input if it is one of ``sizes``, which the networks are trained for; else the usual."""
    shape = given.input_shape or ()
    height, width = sizes_of(shape) if len(shape) == 3 else (None, None)
    return height if height and height == width and height in sizes else usual


def wrong(argument: str, message: str, help: str | None = None) -> ArgumentError:
    """The refusal of an argument's value."""
    return ArgumentError(message, code="bad-value", argument=argument, help=help)


def _channels() -> int:
    """The axis of channels in a shape without the batch: 2 or 0."""
    return 0 if image_data_format() == "channels_first" else 2


def image(size: Dim, channels: Dim = 3) -> Shape:
    """The shape of a square image without the batch."""
    return (size, size, channels) if _channels() else (channels, size, size)
