"""What an operation is: a node of Keras's graphs beside the layers, of tensors and of numbers, as ``x + 3``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from convcalc.declare import types as t
from convcalc.declare.layer import Layer
from convcalc.declare.naming import snake_case
from convcalc.declare.signature import Signature
from convcalc.declare.traits import Home
from convcalc.declare.types import Fixed, operand_dtype, operand_shape
from convcalc.declare.weight import Inferred
from convcalc.errors import ShapeError, WiringError
from convcalc.lazy import Array, np
from convcalc.sizes import dtypes
from convcalc.sizes.formula import Product
from convcalc.sizes.shapes import Shape, broadcast, show

T = TypeVar("T")
# Rules for the dtype of an output.
FRACTION = staticmethod(dtypes.fraction)
PROMOTED = staticmethod(dtypes.promoted)
SUMMED = staticmethod(dtypes.summed)
COUNTED = staticmethod(dtypes.counted)
ROOTED = staticmethod(dtypes.rooted)
BOOL = staticmethod(dtypes.always("bool"))
WHOLE = staticmethod(dtypes.always("int32"))
SINGLE = staticmethod(dtypes.always("float32"))
# The names of dtypes as an argument of an operation; None mostly stands for the dtype of the input.
DTYPE = t.Choice(*dtypes.BITS, dtypes.TEXT, "complex64", "complex128")


class Operation(Layer):
    """An operation on tensors, with a name and none of a layer's other common arguments.

    Of several operands each may be known, and no tensor: the sum of a tensor and 3 is ``Add(x2=3)``. Operations of one
    tensor have the rules of layers, `output` and `forward`; of several operands `joined` and `work`.
    """

    home = Home("keras.ops", "ops.")
    common = {"name": Layer.common["name"]}
    signature = Signature("x")
    dtype = "float32"
    output_dtype = "float32"
    follows_dtype = True
    built_at_init = True
    # The dtype of the outputs, for the dtypes of all operands.
    gives: ClassVar[Callable[..., str]] = staticmethod(dtypes.first)
    # The order in which Keras's function takes its arguments, where the inputs do not come first.
    takes: ClassVar[tuple[str, ...]] = ()
    # Whether Keras's function takes the inputs one by one, and not in a list; whether it gives its outputs in a list,
    # even where there is one; and the argument that gathers what else it takes by name.
    starred: ClassVar[bool] = False
    listed: ClassVar[bool] = False
    gathers: ClassVar[str] = ""

    @property
    def casts(self) -> bool:
        """False: an operation computes in the dtypes of its inputs."""
        return False

    @classmethod
    def ranks(cls) -> range:
        """Ranks of input that are accepted, batch and channels included."""
        return range(100)

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """The arguments of Keras's function, in order."""
        return cls.takes or tuple(dict.fromkeys((*cls.signature.inputs, *cls.signature.tensors, *cls.arguments)))

    @classmethod
    def left_open(cls, tensors: Iterable[str]) -> dict[str, None]:
        """The arguments of operands that have a value of their own, and are ``tensors`` instead."""
        return {name: None for name in tensors if name in cls.arguments and cls.arguments[name].default is not None}

    @property
    def known(self) -> list[Any]:
        """The operands that are no tensors, in the order of all; None stands for a tensor."""
        named = self.arguments
        return [getattr(self, named[name].attribute) if name in named else None for name in self.signature.inputs]

    def filled(self, given: Sequence[T], own: Callable[[Any], T]) -> list[T]:
        """What is told of all operands: ``given`` of the tensors, and what ``own`` says of the others."""
        left, known = iter(given), self.known
        if known.count(None) != len(given):
            message = f"{self.kind} has room for {known.count(None)} tensors beside its numbers, got {len(given)}"
            raise WiringError(message, code="input-count")
        return [next(left) if value is None else own(value) for value in known]

    def infer(self, *shapes: Shape) -> Inferred:
        """What the operation makes of tensors of these shapes; `ShapeError` where they do not go together."""
        if len(self.signature.inputs) == 1:
            return super().infer(*shapes)
        whole = self.filled(shapes, operand_shape)
        y = self.joined(*whole)
        return Inferred(y, (), tuple(self.products(whole, y)), (), self.others(*whole))

    def joined(self, *shapes: Shape) -> Shape:
        """The shape of the output, for the shapes of all operands: all of them, broadcast."""
        whole: Shape = ()
        for shape in shapes:
            whole = together(whole, shape)
        return whole

    def others(self, *shapes: Shape) -> tuple[Shape, ...]:
        """The shapes of further outputs."""
        return ()

    def products(self, shapes: Sequence[Shape], y: Shape) -> Iterable[Product]:
        """Multiply-accumulates for one sample."""
        return ()

    def typed(self, given: Sequence[str], output: int = 0) -> str:
        """The dtype of an output, for tensors of the ``given`` dtypes."""
        return self.gives(*(given if len(self.signature.inputs) == 1 else self.filled(given, operand_dtype)))

    def apply(self, weights: Sequence[Array], *inputs: Array) -> Array:
        """The operation on the operands; numbers take the tensors' dtype where they can."""
        if len(self.signature.inputs) == 1:
            return super().apply(weights, *inputs)
        return self.work(*self.filled(inputs, lambda value: as_array(value, inputs[0].dtype)))

    def work(self, *operands: Array) -> Array:
        """The operation itself: NumPy's function of the same name."""
        y: Array = numpy(snake_case(self.kind))(*operands)
        return y


def numpy(name: str) -> Any:
    """NumPy's function by its name, for arguments of many kinds."""
    return getattr(np, name)


def as_array(value: Any, dtype: Any) -> Array:
    """An operand that is no tensor as an array; ValueError where its values are not known."""
    if isinstance(value, Fixed):
        if value.values is None:
            raise ValueError("the values of an array in it are not known")
        return np.asarray(value.values, value.dtype)
    if dtype.kind != "f" and operand_dtype(value) == "float":
        return np.asarray(value, "float32")
    return np.asarray(value, dtype)


def together(x: Shape, y: Shape) -> Shape:
    """The shape of both, broadcast; `ShapeError` where they do not go together."""
    whole = broadcast(x, y)
    if whole is None:
        raise ShapeError(
            f"{show(x)} and {show(y)} do not go together",
            code="broadcast",
            why="counted from the last axis, sizes must be equal or 1",
        )
    return whole


def places(axes: Sequence[int], x: Shape) -> list[int]:
    """The axes of a shape, counted from 0, each once; `ShapeError` for an axis that the shape lacks."""
    rank = len(x)
    if not all(-rank <= axis < rank for axis in axes):
        raise ShapeError(f"{show(x)} has no axis {max(axes, key=abs)}", code="no-axis")
    found = [axis % rank for axis in axes]
    if len(set(found)) < len(found):
        raise ShapeError(f"of {axes} two are the same axis", code="no-axis")
    return found


def place(axis: int, x: Shape) -> int:
    """An axis of a shape, counted from 0; `ShapeError` for an axis that the shape lacks."""
    return places([axis], x)[0]


def need_rank(kind: str, x: Shape, least: int, most: int | None = None) -> None:
    """Refuses a shape of fewer than ``least`` axes, or of more than ``most``."""
    if len(x) < least or (most is not None and len(x) > most):
        many = f"{least}" if most == least else f"{least} or more" if most is None else f"{least} to {most}"
        why = f"its input is {show(x)}, batch included"
        raise ShapeError(f"{kind} needs {many} axes, got {len(x)}", code="wrong-rank", why=why)
