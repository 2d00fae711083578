"""NASNet-A: two kinds of cells, found by a search, one after another (Zoph et al. 2017, arXiv:1707.07012)."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from convcalc.applications.builder import Builder
from convcalc.applications.network import Given, Network, check_channels_last, image, usual_shape, wrong
from convcalc.applications.pieces import classified, halving_pad
from convcalc.script import Ref
from convcalc.sizes.shapes import Shape, show


class Branch(NamedTuple):
    """One of two branches of a block in a cell: what happens to which tensor.

    ``source`` is the cell's input (``h``), the input of the cell before (``p``), the padded input, or the block of a
    number; ``label`` is a part of the layers' names. Without a kind the branch is the tensor itself.
    """

    source: str
    kind: str = ""
    kernel: int = 3
    stride: int = 1
    label: str = ""


# The blocks of a cell (figure 4 of the paper): two branches and the name of their sum; and what the cell's output has.
Block = tuple[Branch, Branch, str | None]
_NORMAL: tuple[Block, ...] = (
    (Branch("h", "Conv", 5, 1, "left1"), Branch("p", "Conv", 3, 1, "right1"), "add_1"),
    (Branch("p", "Conv", 5, 1, "left2"), Branch("p", "Conv", 3, 1, "right2"), "add_2"),
    (Branch("h", "AveragePooling2D", 3, 1, "left3"), Branch("p"), "add_3"),
    (Branch("p", "AveragePooling2D", 3, 1, "left4"), Branch("p", "AveragePooling2D", 3, 1, "right4"), "add_4"),
    (Branch("h", "Conv", 3, 1, "left5"), Branch("h"), "add_5"),
)
_REDUCTION: tuple[Block, ...] = (
    (Branch("h", "Conv", 5, 2, "left1"), Branch("p", "Conv", 7, 2, "right1"), "add_1"),
    (Branch("padded", "MaxPooling2D", 3, 2, "left2"), Branch("p", "Conv", 7, 2, "right2"), "add_2"),
    (Branch("padded", "AveragePooling2D", 3, 2, "left3"), Branch("p", "Conv", 5, 2, "right3"), "add3"),
    (Branch("2"), Branch("1", "AveragePooling2D", 3, 1, "left4"), None),
    (Branch("1", "Conv", 3, 1, "left4"), Branch("padded", "MaxPooling2D", 3, 2, "right5"), "add4"),
)
_CELLS = {"normal": (_NORMAL, "p 1 2 3 4 5"), "reduction": (_REDUCTION, "2 3 4 5")}


def _normalised(b: Builder, x: Ref, name: str) -> Ref:
    """A tensor, normalised."""
    return b("BatchNormalization", x, axis=-1, momentum=0.9997, epsilon=1e-3, name=name)


def _pointwise(b: Builder, x: Ref, filters: int, name: str) -> Ref:
    """A convolution with kernels of one position."""
    arguments = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
    return b("Conv2D", x, filters=filters, kernel_size=1, name=name, **arguments)


def _separable(b: Builder, x: Ref, filters: int, branch: Branch, label: str) -> Ref:
    """Two separable convolutions, each after a ReLU and before a normalisation; the first has the stride."""
    for number in (1, 2):
        stride = branch.stride if number == 1 else 1
        x = b("Activation", x, activation="relu")
        if stride == 2:
            x = halving_pad(b, x, branch.kernel, f"separable_conv_1_pad_{label}")
        x = b(
            "SeparableConv2D",
            x,
            filters=filters,
            kernel_size=branch.kernel,
            strides=stride,
            name=f"separable_conv_{number}_{label}",
            padding="valid" if stride == 2 else "same",
            use_bias=False,
        )
        x = _normalised(b, x, f"separable_conv_{number}_bn_{label}")
    return x


def _halved(b: Builder, p: Ref, filters: int, label: str) -> Ref:
    """A tensor of half the height and width: every second position, beside the positions one further."""
    p = b("Activation", p, activation="relu", name=f"adjust_relu_1_{label}")
    halves = []
    for number in (1, 2):
        half = p
        if number == 2:
            half = b("Cropping2D", b("ZeroPadding2D", p, padding=((0, 1), (0, 1))), cropping=((1, 0), (1, 0)))
        half = b("AveragePooling2D", half, pool_size=1, strides=2, name=f"adjust_avg_pool_{number}_{label}")
        halves.append(_pointwise(b, half, filters // 2, f"adjust_conv_{number}_{label}"))
    return _normalised(b, b("Concatenate", halves, axis=-1), f"adjust_bn_{label}")


def _adjusted(b: Builder, p: Ref, x: Ref, filters: int, label: str) -> Ref:
    """The input of the cell before, in the size of a cell's own input and with its filters.

    As in Keras, the widths are compared: an input of unknown size is not halved.
    """
    if b.size(p)[1] != b.size(x)[1]:
        return _halved(b, p, filters, label)
    if b.channels(p) == filters:
        return p
    p = _pointwise(b, b("Activation", p, activation="relu"), filters, f"adjust_conv_projection_{label}")
    return _normalised(b, p, f"adjust_bn_{label}")


def _branch(b: Builder, x: Ref, filters: int, branch: Branch, label: str) -> Ref:
    """A branch of a block on its tensor."""
    if branch.kind == "Conv":
        return _separable(b, x, filters, branch, label)
    padding = "valid" if branch.stride == 2 else "same"
    arguments = {"pool_size": branch.kernel, "strides": branch.stride, "padding": padding, "name": label}
    return b(branch.kind, x, **arguments) if branch.kind else x


def _cell(b: Builder, x: Ref, p: Ref | None, filters: int, kind: str, label: str) -> Ref:
    """A cell on its input and the input of the cell before, which the first cell does not have."""
    p = x if p is None else _adjusted(b, p, x, filters, label)
    h = _pointwise(b, b("Activation", x, activation="relu"), filters, f"{kind}_conv_1_{label}")
    h = _normalised(b, h, f"{kind}_bn_1_{label}")
    tensors = {"p": p, "h": h}
    if kind == "reduction":
        tensors["padded"] = halving_pad(b, h, 3, f"reduction_pad_1_{label}")
    blocks, parts = _CELLS[kind]
    for number, (left, right, total) in enumerate(blocks, 1):
        name = {"name": f"{kind}_{total}_{label}"} if total else {}
        both = [_branch(b, tensors[one.source], filters, one, f"{kind}_{one.label}_{label}") for one in (left, right)]
        tensors[str(number)] = b("Add", both, **name)
    return b("Concatenate", [tensors[part] for part in parts.split()], axis=-1, name=f"{kind}_concat_{label}")


def _nasnet(b: Builder, x: Ref, given: Given, *, stem: int, filters: int, depth: int, skip: bool) -> Ref:
    """Two reductions, and three stages of ``depth`` normal cells with a reduction between them.

    With ``skip`` the cell after a reduction sees what the reduction saw as its earlier input.
    """
    arguments = {"use_bias": False, "kernel_initializer": "he_normal", "name": "stem_conv1"}
    x = _normalised(b, b("Conv2D", x, filters=stem, kernel_size=3, strides=2, **arguments), "stem_bn1")
    first = _cell(b, x, None, filters // 4, "reduction", "stem_1")
    x, p = _cell(b, first, x, filters // 2, "reduction", "stem_2"), first
    for stage in range(3):
        width = filters * 2**stage
        if stage:
            reduced = _cell(b, x, p, width, "reduction", f"reduce_{stage * depth}")
            x, p = reduced, p if skip else x
        for number in range(depth):
            x, p = _cell(b, x, p, width, "normal", str(stage * depth + number + (stage > 0))), x
    return classified(b, b("Activation", x, activation="relu"), given, pool=None)


def _shape(network: Network, given: Given) -> Shape:
    """The input's shape; Keras refuses to load weights where a given size is unknown."""
    if given.weights == "imagenet" and None in (given.input_shape or ()):
        message = f"weights='imagenet' need an input of known sizes, got {show(given.input_shape)}"
        raise wrong("input_shape", message, help="use weights=None, or leave input_shape out")
    return usual_shape(network, given)


def _mobile_shape(network: Network, given: Given) -> Shape:
    """The input's shape: NASNetMobile has its usual size also without the top."""
    if not given.include_top and given.input_shape is None:
        given.input_shape = image(network.size)
    return _shape(network, given)


def _network(size: int, name: str, stem: int, filters: int, depth: int, *, skip: bool) -> Network:
    """A network whose cells of the first stage have ``filters``."""
    return Network(
        partial(_nasnet, stem=stem, filters=filters, depth=depth, skip=skip),
        size=size,
        order="input_shape include_top weights input_tensor pooling classes classifier_activation name",
        shape=_shape if skip else _mobile_shape,
        check=check_channels_last,
        name=name,
    )


NETWORKS = {
    "NASNetMobile": _network(224, "nasnet_mobile", 32, 44, 4, skip=False),
    "NASNetLarge": _network(331, "nasnet_large", 96, 168, 6, skip=True),
}
