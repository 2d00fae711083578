"""What functions of TensorFlow and of Keras's backend mean on layers' outputs, where no operation has their arguments.

Each function here makes one operation of Keras or a few that do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from convcalc.read.code.known import Open, Sizes, number, numbers, size_of, whole
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

Rule = Callable[..., Any]


def op(site: Site, kind: str, *args: Any, **named: Any) -> Any:
    """The output of an operation of Keras."""
    return site.machine.operate(site, kind, args, named)


def unless(**plain: Any) -> Callable[[str], Rule]:
    """Makes rules for an operation of Keras that lacks some arguments: these must have the values that are given."""

    def rule_for(kind: str) -> Rule:
        def rule(site: Site, x: Any, *more: Any, **named: Any) -> Any:
            for name, value in plain.items():
                if named.pop(name, value) != value:
                    raise ValueError(f"{name} is not followed on a layer's output")
            return op(site, kind, x, *more, **named)

        return rule

    return rule_for


def without(*names: str, **renamed: str) -> Callable[[str], Rule]:
    """Makes rules for an operation of Keras: some arguments make no difference, and some have other names there."""

    def rule_for(kind: str) -> Rule:
        def rule(site: Site, x: Any, *more: Any, **named: Any) -> Any:
            found = {renamed.get(name, name): value for name, value in named.items() if name not in names}
            return op(site, kind, x, *more, **found)

        return rule

    return rule_for


def same(site: Site, x: Any, *rest: Any, **named: Any) -> Any:
    """The tensor itself."""
    return x


# Shapes.


def shape(site: Site, x: Any, out_type: Any = "int32") -> Any:
    """The sizes in a layer's output; one that Keras leaves open is a number that is not known."""
    return Sizes([size_of(site, x, at) for at in range(len(x.shape))])


def size(site: Site, x: Any, **rest: Any) -> Any:
    """The number of values in a layer's output."""
    count = product(x.shape)
    return Open() if count is None else count


def matrix_transpose(site: Site, x: Any) -> Any:
    """The last two axes exchanged."""
    return op(site, "Swapaxes", x, -1, -2)


def flatten(site: Site, x: Any) -> Any:
    """All values in a row."""
    return op(site, "Reshape", x, (-1,))


def batch_flatten(site: Site, x: Any) -> Any:
    """All values of each sample in a row."""
    rest = product(x.shape[1:])
    return op(site, "Reshape", x, (-1, -1 if rest is None and x.shape[0] is not None else rest))


def split(site: Site, x: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, **rest: Any) -> Any:
    """Equal parts, or parts of given sizes."""
    axis = rest.pop("split_dim", axis)
    given = number(num_or_size_splits)
    if isinstance(given, int):
        return op(site, "Split", x, given, axis)
    sizes, total = list(numbers(given)), x.shape[whole(axis)]
    if -1 in sizes:
        if total is None:
            raise ValueError("the size along the axis is not known")
        sizes[sizes.index(-1)] = total - sum(one for one in sizes if one != -1)
    if min(sizes) < 0 or (total is not None and sum(sizes) != total):
        raise ValueError(f"the sizes {sizes} do not make {total}")
    return op(site, "Split", x, list(accumulate(sizes))[:-1], axis)


def repeat_elements(site: Site, x: Any, rep: Any, axis: Any) -> Any:
    """Each part along an axis several times."""
    return op(site, "Repeat", x, rep, axis)


def repeat_rows(site: Site, x: Any, repeats: Any) -> Any:
    """``(samples, size)`` as ``(samples, repeats, size)``."""
    return op(site, "Repeat", op(site, "ExpandDims", x, 1), repeats, 1)


def pad(site: Site, x: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0) -> Any:
    """More values before and after each axis."""
    mode = mode.lower()
    value = number(constant_values) if mode == "constant" and number(constant_values) else None
    return op(site, "Pad", x, pad_width, mode=mode, constant_values=value)


def padding(axes: int) -> Rule:
    """The rule for zeros around so many spatial axes."""

    def rule(site: Site, x: Any, padding: Any = None, data_format: Any = None) -> Any:
        pairs = (1, 1) if axes == 1 and padding is None else padding or ((1, 1),) * axes
        pairs = (pairs,) if axes == 1 else tuple(pairs)
        none = ((0, 0),)
        around = none * 2 + pairs if data_format == "channels_first" else none + pairs + none
        return op(site, "Pad", x, around)

    return rule


def unstack(site: Site, x: Any, num: Any = None, axis: Any = 0) -> Any:
    """The parts along an axis, without the axis."""
    return op(site, "Unstack", x, num, axis)


# Arithmetic.


def relu(site: Site, x: Any, negative_slope: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Any:
    """Positive values; a slope for negative ones, or a bound of 6."""
    if number(threshold):
        raise ValueError("a threshold is not followed on a layer's output")
    if number(negative_slope):
        if max_value is not None:
            raise ValueError("a slope with a bound is not followed on a layer's output")
        return op(site, "LeakyRelu", x, negative_slope)
    if max_value is None:
        return op(site, "Relu", x)
    if number(max_value) == 6:
        return op(site, "Relu6", x)
    return op(site, "Clip", x, 0.0, max_value)


def silu(site: Site, x: Any, beta: Any = 1.0) -> Any:
    """The tensor times its sigmoid."""
    if number(beta) == 1:
        return op(site, "Silu", x)
    return op(site, "Multiply", x, op(site, "Sigmoid", op(site, "Multiply", x, beta)))


def squared_difference(site: Site, x1: Any, x2: Any) -> Any:
    """The square of the difference."""
    return op(site, "Square", op(site, "Subtract", x1, x2))


def add_n(site: Site, xs: Any) -> Any:
    """The sum of tensors."""
    total, *rest = xs
    for one in rest:
        total = op(site, "Add", total, one)
    return total


def switch(site: Site, condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two tensors of one shape."""
    return op(site, "Where", condition, then_expression, else_expression)


def where(site: Site, condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Values of the one tensor where a condition holds, else of the other."""
    if x1 is None or x2 is None:
        return site.unknown(f"{site.text} gives as many places as values are true, which is not known")
    return op(site, "Where", condition, x1, x2)


def cumulated(kind: str) -> Rule:
    """The rule for running sums or products."""

    def rule(site: Site, x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False) -> Any:
        if exclusive or reverse:
            raise ValueError("exclusive= and reverse= are not followed on a layer's output")
        return op(site, kind, x, axis)

    return rule


def ordered(kind: str) -> Rule:
    """The rule for values in order, or for their places."""

    def rule(site: Site, x: Any, axis: Any = -1, direction: Any = "ASCENDING", stable: Any = False) -> Any:
        if direction != "ASCENDING":
            raise ValueError("another direction is not followed on a layer's output")
        return op(site, kind, x, axis)

    return rule


def argument_of(kind: str) -> Rule:
    """The rule for the place of an extreme value, whose dtype is Keras's."""
    return without("output_type")(kind)


def norm(site: Site, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """The length along axes."""
    return op(site, "Norm", x, None if ord in ("euclidean", None) else ord, axis, keepdims)


def moments(site: Site, x: Any, axis: Any, shift: Any = None, keepdims: Any = False, synchronized: Any = False) -> Any:
    """The mean and the variance along axes."""
    return op(site, "Moments", x, axis, keepdims)


def matmul(
    site: Site, x1: Any, x2: Any, transpose_a: Any = False, transpose_b: Any = False, adjoint_a: Any = False,
    adjoint_b: Any = False, **rest: Any,
) -> Any:  # fmt: skip
    """The product of matrices, of which each may be turned round first."""
    one, two = (
        op(site, "Swapaxes", x, -1, -2) if turned else x
        for x, turned in ((x1, transpose_a or adjoint_a), (x2, transpose_b or adjoint_b))
    )
    return op(site, "Matmul", one, two)


def batch_dot(site: Site, x1: Any, x2: Any, axes: Any = None) -> Any:
    """The product of each sample, summed over one axis of either, as one of Einstein's sums."""
    one, two = len(x1.shape), len(x2.shape)
    found = (one - 1, 1 if two == 2 else two - 2) if axes is None else numbers(axes)
    left, right = found[0] % one, found[-1] % two
    if 0 in (left, right) or min(one, two) < 2 or one + two > 20:
        raise ValueError("the axes do not fit")
    first = ["b", *"cdefghijkl"[: one - 1]]
    second = ["b", *"mnopqrstuv"[: two - 1]]
    second[right] = first[left]
    kept = [letter for at, letter in enumerate(first) if at != left]
    kept += [letter for at, letter in enumerate(second) if at not in (0, right)]
    y = op(site, "Einsum", f"{''.join(first)},{''.join(second)}->{''.join(kept)}", x1, x2)
    return op(site, "ExpandDims", y, 1) if len(kept) == 1 else y


def einsum(site: Site, equation: Any, *operands: Any, **rest: Any) -> Any:
    """Einstein's sums; Keras takes no blanks in the equation."""
    return op(site, "Einsum", equation.replace(" ", ""), *operands)


def diagonal(site: Site, x: Any) -> Any:
    """The diagonals of matrices."""
    return op(site, "Diagonal", x, 0, -2, -1)


def gather(
    site: Site, x: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: Any = 0
) -> Any:
    """The parts at some places along an axis."""
    if number(batch_dims):
        raise ValueError("batch_dims= is not followed on a layer's output")
    return op(site, "Take", x, indices, 0 if axis is None else axis)


def one_hot(
    site: Site, x: Any, num_classes: Any, on_value: Any = None, off_value: Any = None, axis: Any = -1, dtype: Any = None
) -> Any:
    """A row of zeros with a 1 for each class."""
    if number(on_value) not in (None, 1) or number(off_value) not in (None, 0):
        raise ValueError("other values are not followed on a layer's output")
    return op(site, "OneHot", x, num_classes, -1 if axis is None else axis, dtype)


# Images.


def _spatial(value: Any, axes: int, first: bool) -> list[int]:
    """One number for each spatial axis, of one for all or of one for every axis of the tensor."""
    found = list(numbers(value))
    if len(found) == axes + 2:
        found = found[2:] if first else found[1:-1]
    return found if len(found) != 1 else found * axes


def _format(data_format: Any) -> str | None:
    if data_format in (None, "channels_last", "channels_first"):
        return data_format  # type: ignore[no-any-return]
    return "channels_first" if data_format.startswith("NC") else "channels_last"


def convolved(kind: str, depthwise: bool = False) -> Rule:
    """The rule for a convolution with a kernel that is given."""

    def rule(
        site: Site, x: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None,
        dilations: Any = 1,
    ) -> Any:  # fmt: skip
        where, axes = _format(data_format), len(x.shape) - 2
        steps, rates = (_spatial(one, axes, where == "channels_first") for one in (strides, dilations or 1))
        padding = padding.lower()
        return op(site, kind, x, kernel, steps, padding, where, rates)

    rule.is_layer = True  # type: ignore[attr-defined]
    return rule


def pooled(kind: str) -> Rule:
    """The rule for pooling."""

    def rule(
        site: Site, x: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None,
        **rest: Any,
    ) -> Any:  # fmt: skip
        kept = {"max": "MaxPool", "avg": "AveragePool"}.get(rest.pop("pool_mode", ""), kind)
        if rest:
            raise ValueError("these arguments are not followed on a layer's output")
        where, axes = _format(data_format), len(x.shape) - 2
        sizes = _spatial(pool_size, axes, where == "channels_first")
        steps = sizes if strides is None else _spatial(strides, axes, where == "channels_first")
        return op(site, kept, x, sizes, steps, padding.lower(), where)

    rule.is_layer = True  # type: ignore[attr-defined]
    return rule


def bias_add(site: Site, x: Any, bias: Any, data_format: Any = None) -> Any:
    """The tensor with a number added for each channel."""
    if _format(data_format) == "channels_first":
        raise ValueError("channels that stand first are not followed on a layer's output")
    return op(site, "Add", x, bias)


def resize(
    site: Site, x: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: Any = False, antialias: Any = False
) -> Any:
    """Images of another size."""
    method = method.lower() if isinstance(method, str) else {0: "bilinear", 1: "nearest", 2: "bicubic"}.get(method)
    if preserve_aspect_ratio or method not in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"):
        raise ValueError("these arguments are not followed on a layer's output")
    return op(site, "Resize", x, size, method, bool(antialias))


def resized(method: str) -> Rule:
    """The rule for images of another size by one method."""
    return lambda site, x, size, align_corners=False, half_pixel_centers=False: resize(site, x, size, method)


def resize_images(
    site: Site, x: Any, height_factor: Any, width_factor: Any, data_format: Any = None, interpolation: Any = "nearest"
) -> Any:
    """Images of a multiple of the size."""
    where = _format(data_format)
    sizes: Sequence[Any] = x.shape[2:] if where == "channels_first" else x.shape[1:-1]
    if None in sizes:
        raise ValueError("the size of the images is not known")
    target = [n * whole(factor) for n, factor in zip(sizes, (height_factor, width_factor), strict=True)]
    return op(site, "Resize", x, target, interpolation, data_format=where)


def boxed(kind: str) -> Rule:
    """The rule for images of a box, or in a box."""

    def rule(site: Site, x: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any) -> Any:
        sizes = {"target_height": target_height, "target_width": target_width}
        return op(site, kind, x, offset_height, offset_width, **sizes)

    return rule


def extract_patches(site: Site, x: Any, sizes: Any, strides: Any, rates: Any, padding: Any) -> Any:
    """The windows of images, each as a row of channels."""
    taps, steps, apart = (_spatial(one, 2, False) for one in (sizes, strides, rates))
    return op(site, "ExtractPatches", x, taps, steps, apart, padding.lower())


def flipped(axis: int) -> Rule:
    """The rule for images turned round."""
    return lambda site, x: op(site, "Flip", x, axis)


def blocks(kind: str) -> Rule:
    """The rule for blocks of images as channels, or channels as blocks."""
    return lambda site, x, block_size, data_format="NHWC": op(site, kind, x, block_size, _format(data_format))
