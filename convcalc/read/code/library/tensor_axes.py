"""Functions of tensors along axes, and of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code import number_kinds, reshaping
from convcalc.read.code.known import Open, Sizes, made, number, numbers, sizes_in, whole
from convcalc.read.code.library import symbolic
from convcalc.read.code.library.rules import Rules, fraction, tensors_of
from convcalc.read.code.values import Data, Unknown
from convcalc.sizes.shapes import product

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

rules = Rules()
TABLE = rules.table
Rule = Callable[..., Any]


# Along axes.


def _reduction(kind: str) -> Rule:
    def rule(site: Site, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        if isinstance(x, Sizes) and not x.is_known and not keepdims:
            return Open(x.dtype) if all(isinstance(one, int | Open) for one in x.sizes) else Data((), x.dtype)
        axis = axis if axis is None else numbers(axis)
        shape = reshaping.reduced(x.shape, axis, bool(number(keepdims)))
        if x.labels and shape == () and kind in ("max", "min"):
            return x.labels - 1 if kind == "max" else 0
        dtype = {"any": "bool", "all": "bool", "count_nonzero": "int64"}.get(kind, x.dtype)
        if kind in ("mean", "std", "var", "logsumexp"):
            dtype = fraction(dtype)
        work = getattr(np, kind, None) if x.is_known else None
        return made(site, shape, dtype, [x], work and (lambda v: work(v, axis=axis, keepdims=bool(keepdims))))

    return rule


for _kind in ("mean", "sum", "max", "min", "prod", "any", "all"):
    rules(_kind.capitalize(), f"reduce_{_kind} tf math", f"{_kind} ops K")(_reduction(_kind))
for _kind, _name in (("std", "std"), ("var", "variance")):
    rules(_kind.capitalize(), f"reduce_{_name} math", f"{_kind} ops K")(_reduction(_kind))
rules("Amax", "amax ops")(_reduction("max"))
rules("Amin", "amin ops")(_reduction("min"))
rules("Logsumexp", "reduce_logsumexp tf math", "logsumexp ops K")(_reduction("logsumexp"))
rules(symbolic.unless(keepdims=False)("CountNonzero"), "count_nonzero math ops")(_reduction("count_nonzero"))
rules("Median", "median ops")(_reduction("median"))


@rules(symbolic.norm, "norm tf linalg ops")
def norm(site: Site, x: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = False) -> Any:
    """The length along axes."""
    shape = reshaping.reduced(x.shape, axis if axis is None else numbers(axis), bool(keepdims))
    return Data(shape, fraction(x.dtype), cause=x.cause if None in shape else None)


@rules(symbolic.moments, "moments nn", "moments ops")
def moments(site: Site, x: Any, axis: Any, shift: Any = None, keepdims: Any = False, synchronized: Any = False) -> Any:
    """The mean and the variance along axes."""
    return tuple(_reduction("mean")(site, Data(x.shape, x.dtype, cause=x.cause), axis, keepdims) for _ in range(2))


@rules(symbolic.argument_of("Argmax"), "argmax ops")
def argmax(site: Site, x: Any, axis: Any = None, keepdims: Any = False, output_type: Any = "int32") -> Any:
    """Where the largest value stands."""
    shape = reshaping.reduced(x.shape, None if axis is None else whole(axis), bool(keepdims))
    work = (lambda v: np.argmax(v, axis, keepdims=bool(keepdims))) if x.is_known else None
    return made(site, shape, number_kinds.name_of(output_type), [x], work)


rules(symbolic.argument_of("Argmax"), "argmax tf math", axis=0, output_type="int64")(argmax)
rules(symbolic.argument_of("Argmax"), "argmax K", axis=-1, output_type="int64")(argmax)


@rules(symbolic.argument_of("Argmin"), "argmin ops")
def argmin(site: Site, x: Any, axis: Any = None, keepdims: Any = False, output_type: Any = "int32") -> Any:
    """Where the smallest value stands."""
    return argmax(site, Data(x.shape, x.dtype, cause=x.cause), axis, keepdims, output_type)


rules(symbolic.argument_of("Argmin"), "argmin tf math", axis=0, output_type="int64")(argmin)
rules(symbolic.argument_of("Argmin"), "argmin K", axis=-1, output_type="int64")(argmin)


@rules("TopK", "top_k nn math ops", sizes=("k",))
def top_k(site: Site, x: Any, k: Any = 1, sorted: Any = True) -> Any:
    """The largest values along the last axis, and where they stand."""
    sizes, cause = sizes_in(site, k)
    shape = (*x.shape[:-1], *sizes)
    return Data(shape, x.dtype, cause=cause or x.cause), Data(shape, "int32", cause=cause or x.cause)


# Matrices.


@rules("Matmul", "matmul ops")
def matmul(site: Site, x1: Any, x2: Any) -> Any:
    """The product of matrices, the last two axes of either."""
    work = np.matmul if x1.is_known and x2.is_known else None
    return made(site, reshaping.matmul(x1.shape, x2.shape), x1.dtype, [x1, x2], work)


@rules(symbolic.matmul, "matmul tf linalg")
def tf_matmul(
    site: Site, x1: Any, x2: Any, transpose_a: Any = False, transpose_b: Any = False, adjoint_a: Any = False,
    adjoint_b: Any = False, **rest: Any,
) -> Any:  # fmt: skip
    """The product of matrices, of which each may be turned round first."""
    one, two = (
        reshaping.swapaxes(site, x, -1, -2) if turned else x
        for x, turned in ((x1, transpose_a or adjoint_a), (x2, transpose_b or adjoint_b))
    )
    return matmul(site, one, two)


@rules("Dot", "dot K ops")
def dot(site: Site, x1: Any, x2: Any) -> Any:
    """The last axis of the first summed over with the last but one of the second."""
    return made(site, reshaping.dot(x1.shape, x2.shape), x1.dtype, [x1, x2])


@rules(symbolic.batch_dot, "batch_dot K")
def batch_dot(site: Site, x1: Any, x2: Any, axes: Any = None) -> Any:
    """The product of each sample, summed over one axis of either."""
    one, two = len(x1.shape), len(x2.shape)
    left, right = (one - 1, 1 if two == 2 else two - 2) if axes is None else _two_axes(axes)
    left, right = reshaping.place(left, one), reshaping.place(right, two)
    if 0 in (left, right) or min(one, two) < 2 or len({x1.shape[left], x2.shape[right]} - {None}) > 1:
        raise ValueError("the axes do not fit")
    batch = reshaping.side([x1.shape[0], x2.shape[0]], False)
    rest = [size for at, size in enumerate(x1.shape) if at not in (0, left)]
    rest += [size for at, size in enumerate(x2.shape) if at not in (0, right)]
    shape = (batch, *(rest or [1]))
    return Data(shape, x1.dtype, cause=(x1.cause or x2.cause) if None in shape else None)


def _two_axes(axes: Any) -> tuple[int, int]:
    found = numbers(axes)
    return (found[0], found[0]) if len(found) == 1 else (found[0], found[1])


@rules("Tensordot", "tensordot tf linalg ops")
def tensordot(site: Site, x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Both tensors summed over some axes of either."""
    return made(site, reshaping.tensordot(x1.shape, x2.shape, number(axes)), x1.dtype, [x1, x2])


@rules(symbolic.einsum, "einsum tf linalg ops")
def einsum(site: Site, equation: Any, *operands: Any, **rest: Any) -> Any:
    """Einstein's sums, such as ``"bij,bjk->bik"``."""
    found = tensors_of(site, list(operands))
    if isinstance(found, Unknown):
        return found
    return made(site, reshaping.einsum(equation, [one.shape for one in found]), found[0].dtype, found)


@rules("Outer", "outer ops")
def outer(site: Site, x1: Any, x2: Any) -> Any:
    """All products of values of the one with values of the other."""
    sizes = tuple(product(one.shape) for one in (x1, x2))
    return made(site, sizes, x1.dtype, [x1, x2])


@rules(None, "band_part linalg", "expm linalg")
def of_matrix(site: Site, x: Any, *rest: Any, **named: Any) -> Any:
    """A matrix of the same shape."""
    return Data(x.shape, x.dtype, cause=x.cause)


for _kind, _names in (("Inv", "inv"), ("Triu", "triu"), ("Tril", "tril"), ("Cholesky", "cholesky")):
    rules(_kind, f"{_names} linalg ops" if _kind in ("Inv", "Cholesky") else f"{_names} ops")(of_matrix)


@rules(symbolic.diagonal, "diag_part linalg tf", "diagonal ops")
def diagonal(site: Site, x: Any) -> Any:
    """The diagonals of matrices."""
    if len(x.shape) != 2 and "diagonal" in site.text:
        return site.unknown(f"{site.text} is not followed with these arguments")
    small = None if None in x.shape[-2:] else min(x.shape[-2:])
    return made(site, (*x.shape[:-2], small), x.dtype, [x])


@rules(None, "diag linalg")
def diag(site: Site, x: Any) -> Any:
    """Matrices with given diagonals."""
    return made(site, (*x.shape, x.shape[-1]), x.dtype, [x])


@rules(None, "sigmoid_cross_entropy_with_logits nn", "weighted_cross_entropy_with_logits nn")
def loss_of_each(site: Site, labels: Any = None, x: Any = None, **rest: Any) -> Any:
    """A loss for each value."""
    return Data(x.shape, x.dtype, cause=x.cause)


@rules(None, "softmax_cross_entropy_with_logits nn", "sparse_softmax_cross_entropy_with_logits nn")
def loss_of_rows(site: Site, labels: Any = None, x: Any = None, **rest: Any) -> Any:
    """A loss for each row."""
    return made(site, x.shape[:-1], x.dtype, [x])


@rules(None, "l2_loss nn")
def l2_loss(site: Site, x: Any) -> Any:
    """Half of the sum of squares."""
    return Data((), x.dtype)
