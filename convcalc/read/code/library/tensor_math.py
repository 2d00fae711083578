"""Functions of tensors that calculate: of each value, along axes, and of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import arrays, reshaping
from convcalc.read.code.known import as_data, made, number, why_open
from convcalc.read.code.library import symbolic
from convcalc.read.code.library.rules import Rules, fraction
from convcalc.read.code.values import Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table
Rule = Callable[..., Any]


def same(site: Site, x: Any) -> Any:
    """A tensor of the same shape and type."""
    return Data(x.shape, x.dtype, cause=x.cause)


def _worked(name: str, dtype: Callable[[str], str]) -> Rule:
    def rule(site: Site, x: Any) -> Any:
        work = getattr(np, name) if x.is_known else None
        return made(site, x.shape, dtype(x.dtype), [x], work)

    return rule


# NumPy's name of a function, Keras's operation, and its names in the libraries; first of functions that give fractions.
_FRACTIONS = (
    ("exp", "Exp", "exp tf math ops K"), ("expm1", "Expm1", "expm1 math ops"), ("log", "Log", "log tf math ops K"),
    ("log1p", "Log1p", "log1p math ops"), ("log2", "Log2", "log2 ops"), ("log10", "Log10", "log10 ops"),
    ("sqrt", "Sqrt", "sqrt tf math ops K"), ("sin", "Sin", "sin tf math ops K"), ("cos", "Cos", "cos tf math ops K"),
    ("tan", "Tan", "tan tf math ops"), ("sinh", "Sinh", "sinh tf math ops"), ("cosh", "Cosh", "cosh tf math ops"),
    ("tanh", "Tanh", "tanh tf math nn ops K activations"), ("arctan", "Arctan", "atan tf math", "arctan ops"),
    ("arcsin", "Arcsin", "asin tf math", "arcsin ops"), ("arccos", "Arccos", "acos tf math", "arccos ops"),
    ("reciprocal", "Reciprocal", "reciprocal math ops"),
)  # fmt: skip
_SAME = (
    ("square", "Square", "square tf math ops K"), ("abs", "Absolute", "abs tf math ops K", "absolute ops"),
    ("negative", "Negative", "negative tf math ops"), ("sign", "Sign", "sign tf math ops K"),
    ("floor", "Floor", "floor tf math ops"), ("ceil", "Ceil", "ceil tf math ops"),
)  # fmt: skip
for _name, _kind, *_paths in _FRACTIONS:
    rules(_kind, *_paths)(_worked(_name, fraction))
for _name, _kind, *_paths in _SAME:
    rules(_kind, *_paths)(_worked(_name, str))
rules("Round", "round tf math K")(_worked("round", str))
rules("LogicalNot", "logical_not tf math ops")(_worked("logical_not", lambda dtype: "bool"))
for _name in ("isnan", "isinf", "isfinite"):
    rules(_name.capitalize(), f"{_name} ops", f"is_{_name[2:]} math")(_worked(_name, lambda dtype: "bool"))
# Operations on each value, which keep the shape: Keras's name and the names in the libraries.
_SHAPED = (
    ("Rsqrt", "rsqrt math ops"), ("Erf", "erf math ops"), ("Relu6", "relu6 nn ops activations"),
    ("Sigmoid", "sigmoid tf math nn ops K activations"), ("Selu", "selu nn ops activations"),
    ("Softplus", "softplus math nn ops K activations"), ("Softsign", "softsign math nn ops K activations"),
    ("HardSigmoid", "hard_sigmoid ops K activations"), ("Exp", "exponential activations"),
    ("HardSilu", "hard_silu ops activations", "hard_swish ops activations"), ("Mish", "mish activations"),
    ("LogSigmoid", "log_sigmoid math ops activations"), ("HardTanh", "hard_tanh ops activations"),
    ("TanhShrink", "tanh_shrink ops activations"), ("SparsePlus", "sparse_plus ops activations"),
    ("Sparsemax", "sparsemax ops activations"),
)  # fmt: skip
for _kind, *_paths in _SHAPED:
    rules(_kind, *_paths)(same)
rules(symbolic.same, "linear activations")(same)


@rules(symbolic.silu, "silu nn ops activations", "swish nn ops activations")
def silu(site: Site, x: Any, beta: Any = 1.0) -> Any:
    """The tensor times its sigmoid."""
    return same(site, x)


@rules(symbolic.relu, "relu nn ops K")
def relu(site: Site, x: Any, negative_slope: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Any:
    """Positive values; 0 for others."""
    return same(site, x)


rules("ReLU", "relu activations")(relu)


@rules("LeakyRelu", "leaky_relu nn ops activations")
def leaky_relu(site: Site, x: Any, negative_slope: Any = 0.2) -> Any:
    """Negative values by a slope."""
    return same(site, x)


@rules("Elu", "elu nn ops K activations")
def elu(site: Site, x: Any, alpha: Any = 1.0) -> Any:
    """Negative values by an exponential."""
    return same(site, x)


@rules("Celu", "celu ops activations")
def celu(site: Site, x: Any, alpha: Any = 1.0) -> Any:
    """Negative values by an exponential."""
    return same(site, x)


@rules("Gelu", "gelu ops")
def gelu(site: Site, x: Any, approximate: Any = True) -> Any:
    """Each value by its probability to be the larger one."""
    return same(site, x)


rules("Gelu", "gelu nn activations", approximate=False)(gelu)


@rules("Softmax", "softmax nn ops K activations")
def softmax(site: Site, x: Any, axis: Any = -1) -> Any:
    """Values that sum to 1 along an axis."""
    reshaping.places(-1 if axis is None else axis, len(x.shape))
    return same(site, x)


rules("LogSoftmax", "log_softmax nn math ops activations")(softmax)


@rules("Clip", "clip_by_value tf", "clip ops K")
def clip(site: Site, x: Any, x_min: Any, x_max: Any) -> Any:
    """Values held between two bounds."""
    shapes = [one.shape for one in (x, x_min, x_max) if isinstance(one, Data)]
    shape = reshaping.joined(*shapes)
    low, high = number(x_min), number(x_max)
    plain = all(isinstance(one, int | float) for one in (low, high))
    return made(site, shape, x.dtype, [x], (lambda v: np.clip(v, low, high)) if plain else None)


@rules(None, "dropout nn", "dropout K chance")
def dropout(site: Site, x: Any, rate: Any = None, **rest: Any) -> Any:
    """A tensor of the same shape; some values are 0."""
    return same(site, x)


@rules("Normalize", "l2_normalize math nn linalg K", "normalize ops")
def l2_normalize(site: Site, x: Any, axis: Any = None, epsilon: Any = 1e-12, order: Any = 2) -> Any:
    """A tensor of the same shape, of length 1 along an axis."""
    reshaping.places(axis, len(x.shape))
    return Data(x.shape, fraction(x.dtype), cause=x.cause)


@rules(None, "batch_normalization nn K ops", "clip_by_norm tf", "local_response_normalization nn")
def normalized(site: Site, x: Any, *rest: Any, **named: Any) -> Any:
    """A tensor of the same shape."""
    return same(site, x)


@rules(symbolic.cumulated("Cumsum"), "cumsum tf math K", axis=0)
def cumsum(site: Site, x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False) -> Any:
    """Sums along an axis, value by value."""
    reshaping.places(axis, len(x.shape))
    return same(site, x)


rules(symbolic.cumulated("Cumprod"), "cumprod math K", axis=0)(cumsum)


@rules(symbolic.ordered("Argsort"), "argsort tf ops")
def places(site: Site, x: Any, axis: Any = -1, direction: Any = "ASCENDING", stable: Any = False) -> Any:
    """Where the values stand, in their order."""
    reshaping.places(axis, len(x.shape))
    return Data(x.shape, "int32", cause=x.cause)


@rules(symbolic.ordered("Sort"), "sort tf ops")
def ordered(site: Site, x: Any, axis: Any = -1, direction: Any = "ASCENDING", stable: Any = False) -> Any:
    """A tensor of the same shape, in order."""
    reshaping.places(axis, len(x.shape))
    return same(site, x)


# Operations on two tensors.

_ARITHMETIC = (
    ("Add", "+", "add tf math ops"), ("Subtract", "-", "subtract tf math ops"),
    ("Multiply", "*", "multiply tf math ops"), ("Divide", "/", "divide tf math ops", "divide_no_nan math"),
    ("TrueDivide", "/", "truediv tf math", "true_divide ops"),
    ("FloorDivide", "//", "floordiv tf math", "floor_divide ops"),
    ("Mod", "%", "mod tf math ops", "floormod tf math"), ("Power", "**", "pow tf math K", "power ops"),
)  # fmt: skip


def _arithmetic(sign: str) -> Rule:
    def rule(site: Site, x1: Any, x2: Any) -> Any:
        return arrays.binary(site, sign, x1, x2)

    return rule


for _kind, _sign, *_paths in _ARITHMETIC:
    rules(_kind, *_paths)(_arithmetic(_sign))


def _of_two(name: str, dtype: str = "") -> Rule:
    def rule(site: Site, x1: Any, x2: Any) -> Any:
        shape = reshaping.joined(x1.shape, x2.shape)
        work = getattr(np, name) if x1.is_known and x2.is_known else None
        return made(site, shape, dtype or x1.dtype, [x1, x2], work)

    return rule


for _kind in ("maximum", "minimum"):
    rules(_kind.capitalize(), f"{_kind} tf math ops K")(_of_two(_kind))
rules(symbolic.squared_difference, "squared_difference tf math")(_of_two("hypot"))
rules("Arctan2", "atan2 tf math", "arctan2 ops")(_of_two("arctan2"))
for _kind in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    _camel = "".join(word.capitalize() for word in _kind.split("_"))
    rules(_camel, f"{_kind} tf math ops K")(_of_two(_kind, "bool"))
for _kind in ("logical_and", "logical_or", "logical_xor"):
    _camel = "".join(word.capitalize() for word in _kind.split("_"))
    rules(_camel, f"{_kind} math ops" + (" tf" if _kind != "logical_xor" else ""))(_of_two(_kind, "bool"))


@rules(symbolic.add_n, "add_n tf math", "accumulate_n math")
def add_n(site: Site, xs: Any) -> Any:
    """The sum of tensors."""
    return Data(reshaping.joined(*(one.shape for one in xs)), xs[0].dtype, cause=xs[0].cause)


@rules(symbolic.where, "where tf ops")
def where(site: Site, condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Values of the one tensor where a condition holds, else of the other; or the places where it holds."""
    if x1 is None or x2 is None:
        cause = why_open(site, [condition], "how many values are true is not known")
        return Data((None, len(condition.shape)), "int64", cause=cause)
    shape = reshaping.joined(condition.shape, x1.shape, x2.shape)
    return made(site, shape, x1.dtype, [condition, x1, x2], lambda c, v, w: np.where(c, v, w))


@rules(symbolic.switch, "switch K")
def switch(site: Site, condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two tensors of one shape."""
    one, two = (as_data(site, value) for value in (then_expression, else_expression))
    if isinstance(one, Unknown) or isinstance(two, Unknown):
        return one if isinstance(one, Unknown) else two
    return Data(reshaping.joined(one.shape, two.shape), one.dtype, cause=one.cause or two.cause)
