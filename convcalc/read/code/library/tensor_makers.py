"""Functions of tensors that make tensors: of numbers, of one value, in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code import number_kinds, reshaping
from convcalc.read.code.known import Open, Sizes, number, sizes_in
from convcalc.read.code.library.creating import arange, eye, filled
from convcalc.read.code.library.rules import Rules, tensor_of
from convcalc.read.code.methods import METHODS
from convcalc.read.code.values import Data, Function, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table


rules("StopGradient", "stop_gradient tf ops")(lambda site, x: x)


@rules(
    "ConvertToTensor",
    "constant tf K",
    "convert_to_tensor tf ops",
    "array ops",
    "identity tf",
)
def constant(site: Site, x: Any, dtype: Any = None, shape: Any = None, **rest: Any) -> Any:
    """A tensor of numbers, lists, arrays."""
    if rest.keys() - {"dtype_hint", "verify_shape", "sparse", "ragged", "variables", "preferred_dtype"}:
        raise TypeError(f"{[*rest][0]}=")
    data = x if dtype is None else cast(site, x, dtype)
    if shape is not None and isinstance(data, Data):
        sizes, cause = sizes_in(site, shape)
        if data.shape == ():
            return Data(sizes, data.dtype, cause=cause)
        return data if sizes == data.shape else reshaping.reshape(site, data, shape)
    return number(data)


@rules(None, "Variable tf", "variable K", "placeholder_with_default tf")
def variable(site: Site, initial_value: Any, trainable: Any = True, **rest: Any) -> Any:
    """A variable, whose values change: only its shape is followed."""
    value = site.call(initial_value) if isinstance(initial_value, Function) else initial_value
    x = tensor_of(site, value)
    if isinstance(x, Unknown):
        return x
    dtype = rest.get("dtype")
    name = number_kinds.name_of(dtype) if dtype is not None else x.dtype
    held = Data(x.shape, name, cause=x.cause)
    held.is_variable = site.machine.session.generation < 3  # Keras 3 counts no variables but its own
    held.is_trainable = trainable is not False
    return held


@rules("Cast", "cast tf ops K", dtype="float32")
def cast(site: Site, x: Any, dtype: Any = "float32") -> Any:
    """The values in another type of numbers."""
    name = number_kinds.name_of(dtype)
    if isinstance(x, Open | Sizes) and number_kinds.is_whole(name):
        return Open(name) if isinstance(x, Open) else Sizes(x.sizes, name)
    return METHODS["astype"](site, x, name)


rules("SaturateCast", "saturate_cast tf ops")(cast)
for _name, _dtype in (("to_float", "float32"), ("to_int32", "int32"), ("to_int64", "int64")):
    rules("Cast", f"{_name} tf", dtype=_dtype)(cast)


def _filler(value: int, kind: str) -> None:
    def fill(site: Site, shape: Any, dtype: Any = None, **rest: Any) -> Any:
        return filled(site, shape, "float32" if dtype is None else number_kinds.name_of(dtype), value)

    def like(site: Site, x: Data, dtype: Any = None, **rest: Any) -> Any:
        result = filled(site, x.shape, x.dtype if dtype is None else number_kinds.name_of(dtype), value)
        result.cause = x.cause if None in x.shape else None
        return result

    rules(None, f"{kind} tf ops K", sizes=("shape",))(fill)
    rules(f"{kind.capitalize()}Like", f"{kind}_like tf ops K")(like)


_filler(0, "zeros")
_filler(1, "ones")


@rules(None, "empty ops", sizes=("shape",))
def empty(site: Site, shape: Any, dtype: Any = None) -> Any:
    """A tensor of zeros, or of anything."""
    return filled(site, shape, "float32" if dtype is None else number_kinds.name_of(dtype), None)


@rules(None, "fill tf", "full ops", sizes=("shape",))
def fill(site: Site, shape: Any, value: Any, dtype: Any = None, fill_value: Any = None) -> Any:
    """A tensor of one value."""
    one = tensor_of(site, value)
    if isinstance(one, Unknown):
        return one
    known = number(one)
    return filled(
        site,
        shape,
        one.dtype if dtype is None else number_kinds.name_of(dtype),
        None if isinstance(known, Data) else known,
    )


@rules(None, "range tf", "arange ops K")
def span(site: Site, start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, **rest: Any) -> Any:
    """Numbers from a first one, a step apart."""
    stop, step = rest.get("limit", stop), rest.get("delta", step)
    ends = [number(one) for one in ((0, start) if stop is None else (start, stop))]
    name = None if dtype is None else number_kinds.name_of(dtype)
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
        return Data((*front, *side), number_kinds.name_of(dtype), cause=cause or why)
    return eye(site, num_rows, num_columns, 0, dtype or "float32")
