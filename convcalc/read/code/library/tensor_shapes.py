"""Functions of tensors that make tensors, and that change their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import arrays, dtypes, shaping
from convcalc.read.code.known import Open, Sizes, made, number, numbers, size_of, sizes_in, whole
from convcalc.read.code.library import symbolic
from convcalc.read.code.library.creating import arange, eye, filled
from convcalc.read.code.library.rules import Rules, tensor_of
from convcalc.read.code.methods import METHODS
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table


rules("StopGradient", "stop_gradient tf ops")(lambda site, x: x)


@rules("ConvertToTensor", "constant tf K", "convert_to_tensor tf ops", "identity tf")
def constant(site: Site, x: Any, dtype: Any = None, shape: Any = None, **rest: Any) -> Any:
    """A tensor of numbers, lists, arrays."""
    if rest.keys() - {"dtype_hint", "verify_shape", "sparse", "ragged", "variables", "preferred_dtype"}:
        raise TypeError(f"{[*rest][0]}=")
    data = x if dtype is None else cast(site, x, dtype)
    if shape is not None and isinstance(data, Data):
        sizes, cause = sizes_in(site, shape)
        if data.shape == ():
            return Data(sizes, data.dtype, cause=cause)
        return data if sizes == data.shape else shaping.reshape(site, data, shape)
    return number(data)


@rules(None, "Variable tf", "variable K", "placeholder_with_default tf")
def variable(site: Site, x: Any, trainable: Any = True, **rest: Any) -> Any:
    """A variable, whose values change: only its shape is followed."""
    dtype = rest.get("dtype")
    name = dtypes.name_of(dtype) if dtype is not None else x.dtype
    held = Data(x.shape, name, cause=x.cause)
    held.is_variable = True
    held.is_trainable = trainable is not False
    return held


@rules("Cast", "cast tf ops K", dtype="float32")
def cast(site: Site, x: Any, dtype: Any = "float32") -> Any:
    """The values in another type of numbers."""
    name = dtypes.name_of(dtype)
    if isinstance(x, Open | Sizes) and dtypes.is_whole(name):
        return Open(name) if isinstance(x, Open) else Sizes(x.sizes, name)
    return METHODS["astype"](site, x, name)


rules("SaturateCast", "saturate_cast tf ops")(cast)
for _name, _dtype in (("to_float", "float32"), ("to_int32", "int32"), ("to_int64", "int64")):
    rules("Cast", f"{_name} tf", dtype=_dtype)(cast)


def _filler(value: int, kind: str) -> None:
    def fill(site: Site, shape: Any, dtype: Any = None, **rest: Any) -> Any:
        return filled(site, shape, "float32" if dtype is None else dtypes.name_of(dtype), value)

    def like(site: Site, x: Data, dtype: Any = None, **rest: Any) -> Any:
        result = filled(site, x.shape, x.dtype if dtype is None else dtypes.name_of(dtype), value)
        result.cause = x.cause if None in x.shape else None
        return result

    rules(None, f"{kind} tf ops K", sizes=("shape",))(fill)
    rules(f"{kind.capitalize()}Like", f"{kind}_like tf ops K")(like)


_filler(0, "zeros")
_filler(1, "ones")


@rules(None, "empty ops", sizes=("shape",))
def empty(site: Site, shape: Any, dtype: Any = None) -> Any:
    """A tensor of zeros, or of anything."""
    return filled(site, shape, "float32" if dtype is None else dtypes.name_of(dtype), None)


@rules(None, "fill tf", "full ops", sizes=("shape",))
def fill(site: Site, shape: Any, value: Any, dtype: Any = None, fill_value: Any = None) -> Any:
    """A tensor of one value."""
    one = tensor_of(site, value)
    if isinstance(one, Unknown):
        return one
    known = number(one)
    return filled(
        site, shape, one.dtype if dtype is None else dtypes.name_of(dtype), None if isinstance(known, Data) else known
    )


@rules(None, "range tf", "arange ops K")
def span(site: Site, start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, **rest: Any) -> Any:
    """Numbers from a first one, a step apart."""
    stop, step = rest.get("limit", stop), rest.get("delta", step)
    ends = [number(one) for one in ((0, start) if stop is None else (start, stop))]
    name = None if dtype is None else dtypes.name_of(dtype)
    if any(isinstance(one, Open) for one in ends) and all(isinstance(one, int | Open) for one in (*ends, step)):
        return Data((None,), name or "int32")
    found = arange(site, *ends, number(step))
    return found if isinstance(found, Unknown) else cast(site, found, name) if name else tensor_like(found)


def tensor_like(data: Data) -> Data:
    """An array of NumPy in the types that TensorFlow prefers."""
    dtype = {"float64": "float32", "int64": "int32"}.get(data.dtype, data.dtype)
    return Data(data.shape, dtype, value=data._value and (lambda: data.value.astype(dtype)), cause=data.cause)


@rules(None, "linspace tf ops", sizes=("num",))
def linspace(site: Site, start: Any, stop: Any, num: Any = 50, **rest: Any) -> Any:
    """So many numbers between two."""
    if rest.keys() - {"dtype"}:
        raise TypeError(f"{[*rest][0]}=")
    sizes, cause = sizes_in(site, num)
    return Data(sizes, "float32", cause=cause)


@rules(None, "eye tf K ops linalg", "identity ops", sizes=("num_rows",))
def identity_matrix(
    site: Site, num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = "float32"
) -> Any:
    """A matrix with ones on the diagonal, or several."""
    if batch_shape is not None:
        front, cause = sizes_in(site, batch_shape)
        side, why = sizes_in(site, [num_rows, num_rows if num_columns is None else num_columns])
        return Data((*front, *side), dtypes.name_of(dtype), cause=cause or why)
    return eye(site, num_rows, num_columns, 0, dtype or "float32")


# Shapes.


@rules(symbolic.shape, "shape tf K")
def shape(site: Site, x: Any, out_type: Any = "int32") -> Any:
    """The sizes in a tensor; one that Keras leaves open is a number that is not known."""
    return Sizes([size_of(site, x, at) for at in range(len(x.shape))], dtypes.name_of(out_type))


def _static(value: Any) -> Any:
    """The shape of data or of a layer's output, as a tuple with None for a size that Keras leaves open."""
    if isinstance(value, Unknown):
        return value
    return shaping.shape_of(value) if isinstance(value, Data) else None


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
    return x.dtype if isinstance(x, Data) else dtypes.name_of(x)


@TABLE("tensorflow.as_dtype", "tensorflow.dtypes.as_dtype")
def as_dtype(site: Site, type_value: Any) -> str:
    """The name of a type of numbers."""
    return dtypes.name_of(type_value)


rules("Size", "size ops")(lambda site, x: size(site, x))


@rules(symbolic.size, "size tf", "count_params K")
def size(site: Site, x: Any, **rest: Any) -> Any:
    """How many values there are."""
    count = product(x.shape)
    return count if count is not None else Data((), "int32", cause=x.cause) if x.cause else Open()


@rules("Reshape", "reshape tf ops K", sizes=("newshape",))
def reshape(site: Site, x: Any, newshape: Any) -> Any:
    """The values in another shape."""
    return shaping.reshape(site, x, newshape)


@rules("Transpose", "transpose tf ops K linalg", "permute_dimensions K")
def transpose(site: Site, x: Any, axes: Any = None) -> Any:
    """The axes in another order."""
    return shaping.transpose(site, x, axes)


@rules(symbolic.matrix_transpose, "matrix_transpose linalg", "matrix_transpose tf")
def matrix_transpose(site: Site, x: Any) -> Any:
    """The last two axes exchanged."""
    return shaping.swapaxes(site, x, -1, -2)


rules("Swapaxes", "swapaxes ops")(lambda site, x, axis1, axis2: shaping.swapaxes(site, x, axis1, axis2))
rules("Moveaxis", "moveaxis ops")(lambda site, x, source, destination: shaping.moveaxis(site, x, source, destination))


@rules("ExpandDims", "expand_dims tf ops")
def expand_dims(site: Site, x: Any, axis: Any) -> Any:
    """One more axis, of size 1."""
    return shaping.expand_dims(site, x, axis)


rules("ExpandDims", "expand_dims K", axis=-1)(expand_dims)


@rules("Squeeze", "squeeze tf ops K")
def squeeze(site: Site, x: Any, axis: Any = None, squeeze_dims: Any = None) -> Any:
    """Without axes of size 1."""
    return shaping.squeeze(site, x, squeeze_dims if axis is None else axis)


rules("Ravel", "ravel ops")(lambda site, x: shaping.ravel(site, x))


@rules(symbolic.flatten, "flatten K")
def flatten(site: Site, x: Any) -> Any:
    """All values in a row."""
    return shaping.ravel(site, x)


@rules(symbolic.batch_flatten, "batch_flatten K")
def batch_flatten(site: Site, x: Any) -> Any:
    """All values of each sample in a row."""
    rest = product(x.shape[1:])
    return Data((x.shape[0], rest), x.dtype, cause=x.cause)


@rules("Concatenate", "concat tf", "concatenate ops", axis=0)
def concatenate(site: Site, xs: Any, axis: Any) -> Any:
    """Tensors side by side."""
    rows = [arrays.parts.items(site, one) if len(one.shape) == 1 and isinstance(one, Sizes) else None for one in xs]
    if any(rows) and all(len(one.shape) == 1 for one in xs):
        whole_row = [arrays.parts.items(site, one) for one in xs]
        return Sizes([size for row in whole_row if isinstance(row, list) for size in row])
    return shaping.concatenate(site, xs, number(axis))


rules("Concatenate", "concatenate K", axis=-1)(concatenate)
rules("Hstack", "hstack ops")(lambda site, xs: shaping.concatenate(site, xs, 0 if len(xs[0].shape) == 1 else 1))
rules("Vstack", "vstack ops")(
    lambda site, xs: shaping.concatenate(
        site, [shaping.expand_dims(site, x, 0) if len(x.shape) == 1 else x for x in xs]
    )
)


@rules("Stack", "stack tf ops K", axis=0)
def stack(site: Site, xs: Any, axis: Any) -> Any:
    """Tensors of one shape along a new axis; of sizes a shape."""
    if any(isinstance(one, Open) for one in xs) and all(one.shape == () for one in xs):
        return Sizes([number(one) for one in xs])
    return shaping.stack(site, xs, axis)


rules("Stack", "parallel_stack tf", axis=0)(stack)


@rules(symbolic.unstack, "unstack tf ops", axis=0)
def unstack(site: Site, x: Any, num: Any = None, axis: Any = 0) -> Any:
    """The parts along an axis, without the axis."""
    if isinstance(x, Sizes):
        return list(x.sizes)
    at = shaping.place(axis, len(x.shape))
    count = x.shape[at] if num is None else whole(num)
    if count is None or count > arrays.parts.MOST_ITEMS:
        return site.unknown("how many parts there are is not known")
    key = (slice(None),) * at
    return [arrays.parts.part(site, x, (*key, one)) for one in range(count)]


@rules(symbolic.split, "split tf", sizes=("num_or_size_splits",))
def split(site: Site, x: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, **rest: Any) -> Any:
    """Equal parts, or parts of given sizes."""
    axis = rest.pop("split_dim", axis)
    at = shaping.place(axis, len(x.shape))
    total, given = x.shape[at], number(num_or_size_splits)
    if isinstance(given, int):
        if not 0 < given <= arrays.parts.MOST_ITEMS or (total is not None and total % given):
            raise ValueError(f"{total} does not make {given} equal parts")
        return shaping.pieces(site, x, at, [None if total is None else total // given] * given)
    sizes, cause = sizes_in(site, given)
    known = sum(one for one in sizes if one not in (None, -1))  # type: ignore[misc]
    left = None if total is None or sizes.count(-1) + sizes.count(None) != 1 else total - known
    filled_in = [left if one in (None, -1) else one for one in sizes]
    if None not in (*filled_in, total) and sum(one or 0 for one in filled_in) != total:
        raise ValueError(f"sizes {sizes} do not make {total}")
    return shaping.pieces(site, x, at, filled_in, cause)


@rules("Split", "split ops")
def ops_split(site: Site, x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Equal parts, or parts that end at given places."""
    at = shaping.place(axis, len(x.shape))
    total, given = x.shape[at], number(indices_or_sections)
    if isinstance(given, int):
        return split(site, x, given, at)
    ends = [0, *numbers(given), total]
    sizes = [None if None in pair else pair[1] - pair[0] for pair in zip(ends, ends[1:], strict=False)]  # type: ignore[operator]
    if any(one is not None and one < 0 for one in sizes):
        raise ValueError("the places are not in order")
    return shaping.pieces(site, x, at, sizes)


@rules("Tile", "tile tf ops K", sizes=("repeats",))
def tile(site: Site, x: Any, repeats: Any) -> Any:
    """The tensor again and again along its axes."""
    return shaping.tile(site, x, repeats)


@rules("Repeat", "repeat tf ops", sizes=("repeats",))
def repeat(site: Site, x: Any, repeats: Any, axis: Any = None) -> Any:
    """Each part along an axis several times."""
    return shaping.repeat(site, x, repeats, axis)


@rules(symbolic.repeat_elements, "repeat_elements K")
def repeat_elements(site: Site, x: Any, rep: Any, axis: Any) -> Any:
    """Each part along an axis several times."""
    return shaping.repeat(site, x, rep, axis)


@rules(symbolic.repeat_rows, "repeat K", sizes=("repeats",))
def repeat_rows(site: Site, x: Any, repeats: Any) -> Any:
    """``(samples, size)`` as ``(samples, repeats, size)``."""
    return shaping.repeat(site, shaping.expand_dims(site, x, 1), repeats, 1)


@rules("BroadcastTo", "broadcast_to tf ops", sizes=("shape",))
def broadcast_to(site: Site, x: Any, shape: Any) -> Any:
    """The tensor repeated to another shape."""
    return shaping.broadcast_to(site, x, shape)


@rules(symbolic.pad, "pad tf ops", sizes=("pad_width",))
def pad(site: Site, x: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0) -> Any:
    """More cells before and after each axis."""
    pairs = pad_width.value.tolist() if isinstance(pad_width, Data) and pad_width.is_known else pad_width
    return shaping.pad(site, x, pairs)


def _padding(axes: int) -> Any:
    def spatial(site: Site, x: Any, padding: Any = None, data_format: Any = None) -> Any:
        pairs = (1, 1) if axes == 1 and padding is None else padding or ((1, 1),) * axes
        pairs = (pairs,) if axes == 1 else pairs
        if data_format not in (None, "channels_last"):
            return shaping.pad(site, x, [(0, 0), (0, 0), *pairs])
        return shaping.pad(site, x, [(0, 0), *pairs, *[(0, 0)] * (len(x.shape) - 1 - axes)])

    return spatial


for _name, _axes in (("temporal_padding", 1), ("spatial_2d_padding", 2), ("spatial_3d_padding", 3)):
    rules(symbolic.padding(_axes), f"{_name} K")(_padding(_axes))


@rules("Flip", "reverse tf K", "flip ops")
def flip(site: Site, x: Any, axis: Any = None) -> Any:
    """The other way round."""
    shaping.places(axis, len(x.shape))
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
