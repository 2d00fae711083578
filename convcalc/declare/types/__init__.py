"""The vocabulary of layer arguments: what each accepts, how it reads, what a message and a schema say of it.

A `Type` canonicalises at the edge: past `read`, a kernel size is a tuple of ints and a name is a known name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convcalc.compute.initializers import INITIALIZERS, settle
from convcalc.declare.types.base import MismatchError as MismatchError
from convcalc.declare.types.base import Type as Type
from convcalc.declare.types.base import is_code
from convcalc.declare.types.combined import Either as Either
from convcalc.declare.types.combined import ListOf as ListOf
from convcalc.declare.types.combined import OrNone as OrNone
from convcalc.declare.types.combined import Passing
from convcalc.declare.types.held import AutoFlag, Cells
from convcalc.declare.types.held import Held as Held
from convcalc.declare.types.lists import Factor as Factor
from convcalc.declare.types.lists import Fixed as Fixed
from convcalc.declare.types.lists import Index, Numbers, Operand, Phrases, Row
from convcalc.declare.types.lists import Part as Part
from convcalc.declare.types.lists import lengths as lengths
from convcalc.declare.types.lists import operand_dtype as operand_dtype
from convcalc.declare.types.lists import operand_shape as operand_shape
from convcalc.declare.types.numbers import Finite, Flag, Groups, Number, Pads, PerAxis, Whole
from convcalc.declare.types.words import Activation, Array, Configured, Policy
from convcalc.declare.types.words import Choice as Choice
from convcalc.declare.types.words import DataFormat as DataFormat
from convcalc.declare.types.words import anything as anything
from convcalc.sizes import dtypes


def _spellings(table: Mapping[str, Mapping[str, Any]], snake: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """A table under its class names and Keras's snake-case spellings of them."""
    return {**table, **dict(zip(snake, table.values(), strict=True))}


def _dims(least: int = 0) -> ListOf:
    """A shape without the batch: integers of ``least`` or more, or null where unknown."""
    words = f"a list of integers of {least} or more, with null for an unknown size"
    return ListOf(OrNone(Whole(least), words=" or null"), words)


def _sizes(least: int = 0) -> ListOf:
    """A shape as `_dims`; a single integer is a shape of one size."""
    dims = _dims(least)
    return ListOf(dims.each, f"an integer, or {dims.words}", alone=Whole(least))


_REGULARIZERS: dict[str, dict[str, Any]] = {
    "L1": {"l1": 0.01},
    "L2": {"l2": 0.01},
    "L1L2": {"l1": 0.0, "l2": 0.0},
    "OrthogonalRegularizer": {"factor": 0.01, "mode": "rows"},
}
_CONSTRAINTS: dict[str, dict[str, Any]] = {
    "MaxNorm": {"max_value": 2, "axis": 0},
    "MinMaxNorm": {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0},
    "NonNeg": {},
    "UnitNorm": {"axis": 0},
}

positive = Whole(1)
strict_positive = Whole(1, strict=True)
natural = Whole(0)
two_or_more = Whole(2)
whole = Whole()
strict_whole = Whole(strict=True)
flag = Flag()
strict_flag = Flag(strict=True)
auto_flag = AutoFlag()
number = Number()
finite = Finite()
fraction = Number(0, 1)
non_negative = Number(0)
penalty = OrNone(Finite(0), 0.0)
taps = PerAxis(1)
taps_or_zero = PerAxis(0)
_integer = Whole(bounded=False)
indices = ListOf(_integer, "an integer or a list of integers", alone=_integer)
axis_numbers = ListOf(_integer, "a list of integers")
axis_pair = Either(_integer, ListOf(_integer, "", 2, 2), words="an integer or a pair of integers")
any_indices = OrNone(indices, (), ", or null for none")
numbers = Numbers()
operand = Operand()
index = Index()
row = Row()
pair = Row(pair=True)
whole_pair = ListOf(Whole(1, strict=True, bounded=False), "a pair of positive integers", 2, 2)
_odd = Whole(odd=True, bounded=False)
odd = ListOf(_odd, "an odd integer, or a pair of them", 2, 2, alone=_odd)
groups = Groups()
pads = Pads()
signed_pads = Pads(signed=True)
data_format = DataFormat()
exact_data_format = DataFormat(fold=False)
activation = Activation()
layer = Held()
cell = Cells(alone=True)
cells = Cells()
merge = OrNone(Choice("sum", "mul", "ave", "concat"), words=", or null")
initializer = Configured(
    "an initializer", {name: entry.options for name, entry in INITIALIZERS.items()}, settle, reads_none=True
)
regularizer = Configured(
    "a regularizer",
    _spellings(_REGULARIZERS, ("l1", "l2", "l1l2", "orthogonal_regularizer")),
    values={"l1": penalty, "l2": penalty, "factor": penalty, "mode": Choice("rows", "columns")},
)
constraint = Configured("a constraint", _spellings(_CONSTRAINTS, ("max_norm", "min_max_norm", "non_neg", "unit_norm")))
dims = _dims()
target_dims = _dims(-1)
positive_dims = _dims(1)
sizes = _sizes()
positive_sizes = _sizes(1)
# Keras keeps the slash for the paths of weights.
label = Passing(
    "text without '/'",
    {"type": "string", "pattern": "^[^/]*$"},
    lambda value: isinstance(value, str) and "/" not in value,
)
word = Passing("text", {"type": "string"}, lambda value: isinstance(value, str))
array = Array()
dtype = OrNone(Choice(*dtypes.BITS, dtypes.TEXT), "float32")
policy = OrNone(Policy(), "float32")
open_policy = Policy()
text_policy = OrNone(Policy(dtypes.TEXT), "float32")
salt = ListOf(_integer, "an integer, or a pair of them", 2, 2, alone=_integer)
phrases = Phrases()
code = Passing("a function in a Keras file", {"type": "object"}, is_code)
_NO_FILE = "give the words themselves: no file is read"
integers = ListOf(Whole(strict=True, bounded=False), "a list of integers, not empty", 1, unique=True, for_text=_NO_FILE)
texts = ListOf(word, "a list of texts, not empty", 1, unique=True, for_text=_NO_FILE)
