"""Functions of tensors that say what shape they have, and that change their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds, parts, reshaping
from convcalc.read.code.known import Open, Sizes, made, number, numbers, size_of, sizes_in, whole
from convcalc.read.code.library import symbolic
from convcalc.read.code.library.rules import Rules, tensor_of
from convcalc.read.code.methods import METHODS
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table


@rules(symbolic.shape, "shape tf K")
def shape(site: Site, x: Any, out_type: Any = "int32") -> Any:
    """The sizes in a tensor; one that Keras leaves open is a number that is not known."""
    return Sizes([size_of(site, x, at) for at in range(len(x.shape))], number_kinds.name_of(out_type))


def _static(value: Any) -> Any:
    """The shape of data or of a layer's output, as a tuple with None for a size that Keras leaves open."""
    if isinstance(value, Unknown):
        return value
    return reshaping.shape_of(value) if isinstance(value, Data) else None


@TABLE("keras.backend.int_shape", "keras.backend.get_variable_shape")
def int_shape(site: Site, x: Any) -> Any:
    """The shape as a tuple, also of a layer's output."""
    return _static(x) if isinstance(x, Data) else _static(tensor_of(site, x))


@TABLE("keras.ops.shape")
def ops_shape(site: Site, x: Any) -> Any:
    """The shape as a tuple, in which a size that Keras leaves open is a number that is not known."""
    found = int_shape(site, x)
    inside = isinstance(x, Data) and type(x).__name__ != "Tensor"
    return tuple(Open() if size is None and inside else size for size in found) if isinstance(found, tuple) else found


@TABLE("keras.backend.ndim", "keras.ops.ndim", "tensorflow.rank")
def rank(site: Site, x: Any) -> Any:
    """How many axes a tensor has."""
    found = int_shape(site, x)
    return len(found) if isinstance(found, tuple) else found


@TABLE("keras.backend.dtype", "keras.backend.standardize_dtype")
def dtype_of(site: Site, x: Any) -> Any:
    """The name of the type of numbers."""
    return x.dtype if isinstance(x, Data) else number_kinds.name_of(x)


@TABLE("tensorflow.as_dtype", "tensorflow.dtypes.as_dtype")
def as_dtype(site: Site, type_value: Any) -> str:
    """The name of a type of numbers."""
    return number_kinds.name_of(type_value)


@rules("Size", "size ops")
@rules(symbolic.size, "size tf", "count_params K")
def size(site: Site, x: Any, **rest: Any) -> Any:
    """How many values there are."""
    count = product(x.shape)
    return count if count is not None else Data((), "int32", cause=x.cause) if x.cause else Open()


@rules("Reshape", "reshape tf ops K", sizes=("newshape",))
def reshape(site: Site, x: Any, newshape: Any) -> Any:
    """The values in another shape."""
    if isinstance(x, Open) and sizes_in(site, newshape)[0] in ((1,), (-1,)):
        return Sizes([x])
    return reshaping.reshape(site, x, newshape)


@rules("Transpose", "transpose tf ops K linalg", "permute_dimensions K")
def transpose(site: Site, x: Any, axes: Any = None) -> Any:
    """The axes in another order."""
    return reshaping.transpose(site, x, axes)


@rules(symbolic.matrix_transpose, "matrix_transpose linalg", "matrix_transpose tf")
def matrix_transpose(site: Site, x: Any) -> Any:
    """The last two axes exchanged."""
    return reshaping.swapaxes(site, x, -1, -2)


rules("Swapaxes", "swapaxes ops")(lambda site, x, axis1, axis2: reshaping.swapaxes(site, x, axis1, axis2))
rules("Moveaxis", "moveaxis ops")(lambda site, x, source, destination: reshaping.moveaxis(site, x, source, destination))


@rules("ExpandDims", "expand_dims tf ops")
def expand_dims(site: Site, x: Any, axis: Any) -> Any:
    """One more axis, of size 1."""
    if isinstance(x, Open):
        return Sizes([x])
    return reshaping.expand_dims(site, x, axis)


rules("ExpandDims", "expand_dims K", axis=-1)(expand_dims)


@rules("Squeeze", "squeeze tf ops K")
def squeeze(site: Site, x: Any, axis: Any = None, squeeze_dims: Any = None) -> Any:
    """Without axes of size 1."""
    return reshaping.squeeze(site, x, squeeze_dims if axis is None else axis)


rules("Ravel", "ravel ops")(lambda site, x: reshaping.ravel(site, x))


@rules(symbolic.flatten, "flatten K")
def flatten(site: Site, x: Any) -> Any:
    """All values in a row."""
    return reshaping.ravel(site, x)


@rules(symbolic.batch_flatten, "batch_flatten K")
def batch_flatten(site: Site, x: Any) -> Any:
    """All values of each sample in a row."""
    rest = product(x.shape[1:]) if None not in x.shape else None
    return Data((x.shape[0], rest), x.dtype, cause=x.cause)


@rules("Concatenate", "concat tf", "concatenate ops", axis=0)
def concatenate(site: Site, xs: Any, axis: Any) -> Any:
    """Tensors side by side."""
    rows = [parts.items(site, one) if len(one.shape) == 1 and isinstance(one, Sizes) else None for one in xs]
    if any(rows) and all(len(one.shape) == 1 for one in xs):
        whole_row = [parts.items(site, one) for one in xs]
        return Sizes([size for row in whole_row if isinstance(row, list) for size in row])
    return reshaping.concatenate(site, xs, number(axis))


rules("Concatenate", "concatenate K", axis=-1)(concatenate)
rules("Hstack", "hstack ops")(lambda site, xs: reshaping.concatenate(site, xs, 0 if len(xs[0].shape) == 1 else 1))
rules("Vstack", "vstack ops")(
    lambda site, xs: reshaping.concatenate(
        site, [reshaping.expand_dims(site, x, 0) if len(x.shape) == 1 else x for x in xs]
    )
)


@rules("Stack", "stack tf ops K", axis=0)
def stack(site: Site, xs: Any, axis: Any) -> Any:
    """Tensors of one shape along a new axis; of sizes a shape."""
    if any(isinstance(one, Open) for one in xs) and all(one.shape == () for one in xs):
        return Sizes([number(one) for one in xs])
    return reshaping.stack(site, xs, axis)


rules("Stack", "parallel_stack tf", axis=0)(stack)


@rules(symbolic.unstack, "unstack tf ops", axis=0)
def unstack(site: Site, x: Any, num: Any = None, axis: Any = 0) -> Any:
    """The parts along an axis, without the axis."""
    if isinstance(x, Sizes):
        return list(x.sizes)
    at = reshaping.place(axis, len(x.shape))
    count = x.shape[at] if num is None else whole(num)
    if count is None or count > parts.MOST_ITEMS:
        return site.unknown("how many parts there are is not known")
    key = (slice(None),) * at
    return [parts.part(site, x, (*key, one)) for one in range(count)]


@rules(symbolic.split, "split tf", sizes=("num_or_size_splits",))
def split(site: Site, x: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, **rest: Any) -> Any:
    """Equal parts, or parts of given sizes."""
    axis = rest.pop("split_dim", axis)
    at = reshaping.place(axis, len(x.shape))
    total, given = x.shape[at], number(num_or_size_splits)
    if isinstance(given, int):
        if not 0 < given <= parts.MOST_ITEMS or (total is not None and total % given):
            raise ValueError(f"{total} does not make {given} equal parts")
        return reshaping.pieces(site, x, at, [None if total is None else total // given] * given)
    sizes, cause = sizes_in(site, given)
    known = sum(one for one in sizes if one not in (None, -1))
    left = None if total is None or sizes.count(-1) + sizes.count(None) != 1 else total - known
    filled_in = [left if one in (None, -1) else one for one in sizes]
    if None not in (*filled_in, total) and sum(one or 0 for one in filled_in) != total:
        raise ValueError(f"sizes {sizes} do not make {total}")
    return reshaping.pieces(site, x, at, filled_in, cause)


@rules("Split", "split ops")
def ops_split(site: Site, x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Equal parts, or parts that end at given places."""
    at = reshaping.place(axis, len(x.shape))
    total, given = x.shape[at], number(indices_or_sections)
    if isinstance(given, int):
        return split(site, x, given, at)
    ends = [0, *numbers(given), total]
    sizes = [None if None in pair else pair[1] - pair[0] for pair in zip(ends, ends[1:], strict=False)]
    if any(one is not None and one < 0 for one in sizes):
        raise ValueError("the places are not in order")
    return reshaping.pieces(site, x, at, sizes)


@rules("Tile", "tile tf ops K", sizes=("repeats",))
def tile(site: Site, x: Any, repeats: Any) -> Any:
    """The tensor again and again along its axes."""
    return reshaping.tile(site, x, repeats)


@rules("Repeat", "repeat tf ops", sizes=("repeats",))
def repeat(site: Site, x: Any, repeats: Any, axis: Any = None) -> Any:
    """Each part along an axis several times."""
    return reshaping.repeat(site, x, repeats, axis)


@rules(symbolic.repeat_elements, "repeat_elements K")
def repeat_elements(site: Site, x: Any, rep: Any, axis: Any) -> Any:
    """Each part along an axis several times."""
    return reshaping.repeat(site, x, rep, axis)


@rules(symbolic.repeat_rows, "repeat K", sizes=("repeats",))
def repeat_rows(site: Site, x: Any, repeats: Any) -> Any:
    """``(samples, size)`` as ``(samples, repeats, size)``."""
    return reshaping.repeat(site, reshaping.expand_dims(site, x, 1), repeats, 1)


@rules("BroadcastTo", "broadcast_to tf ops", sizes=("shape",))
def broadcast_to(site: Site, x: Any, shape: Any) -> Any:
    """The tensor repeated to another shape."""
    return reshaping.broadcast_to(site, x, shape)


@rules(symbolic.pad, "pad tf ops", sizes=("pad_width",))
def pad(site: Site, x: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0) -> Any:
    """More cells before and after each axis."""
    pairs = pad_width.value.tolist() if isinstance(pad_width, Data) and pad_width.is_known else pad_width
    return reshaping.pad(site, x, pairs)


def _padding(axes: int) -> Any:
    def spatial(site: Site, x: Any, padding: Any = None, data_format: Any = None) -> Any:
        pairs = (1, 1) if axes == 1 and padding is None else padding or ((1, 1),) * axes
        pairs = (pairs,) if axes == 1 else pairs
        if data_format not in (None, "channels_last"):
            return reshaping.pad(site, x, [(0, 0), (0, 0), *pairs])
        return reshaping.pad(site, x, [(0, 0), *pairs, *[(0, 0)] * (len(x.shape) - 1 - axes)])

    return spatial


for _name, _axes in (("temporal_padding", 1), ("spatial_2d_padding", 2), ("spatial_3d_padding", 3)):
    rules(symbolic.padding(_axes), f"{_name} K")(_padding(_axes))


@rules("Flip", "reverse tf K", "flip ops")
def flip(site: Site, x: Any, axis: Any = None) -> Any:
    """The other way round."""
    reshaping.places(axis, len(x.shape))
    return made(
        site, x.shape, x.dtype, [x], lambda v: np.flip(v, axis if axis is None else numbers(axis)), labels=x.labels
    )


@rules("Roll", "roll tf ops")
def roll(site: Site, x: Any, shift: Any, axis: Any = None) -> Any:
    """Moved along an axis."""
    return Data(x.shape, x.dtype, labels=x.labels, cause=x.cause)


@rules(symbolic.same, "ensure_shape tf")
def ensure_shape(site: Site, x: Any, shape: Any) -> Any:
    """The tensor with the sizes that are known of it."""
    found = Data(x.shape, x.dtype, value=x._value, labels=x.labels, cause=x.cause)
    METHODS["set_shape"](site, found, shape)
    return found


@rules(None, "slice tf ops K", sizes=("size",))
def part(site: Site, x: Any, begin: Any, size: Any) -> Any:
    """A part that begins at given places; a size of -1 is what is left."""
    sizes, cause = sizes_in(site, size)
    starts, _ = sizes_in(site, begin)
    if len(sizes) != len(x.shape) or len(starts) != len(x.shape):
        raise ValueError("the places do not fit")
    found = []
    for n, first, count in zip(x.shape, starts, sizes, strict=True):
        found.append(count if count != -1 else None if None in (n, first) else (n or 0) - (first or 0))
        if None not in (n, first, found[-1]) and not 0 <= (first or 0) + (found[-1] or 0) <= (n or 0):
            raise ValueError("the part is not there")
    return made(site, tuple(found), x.dtype, [x], cause=cause)


@TABLE("tensorflow.TensorShape", unknown=True)
def tensor_shape(site: Site, dims: Any) -> Any:
    """A shape, which is a tuple here."""
    return tuple(dims) if isinstance(dims, list | tuple) else site.unknown(f"{site.text} is not followed")
