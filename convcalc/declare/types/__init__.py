"""The vocabulary of layer arguments: what each accepts, how it reads, what a message and a schema say of it.

A `Type` canonicalises at the edge: past `read`, a kernel size is a tuple of ints and a name is a known name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convcalc.compute.initializers import INITIALIZERS, settle
from convcalc.declare.types.base import MismatchError as MismatchError
from convcalc.declare.types.base import Type as Type
from convcalc.declare.types.held import AutoFlag, Cells, Merge
from convcalc.declare.types.held import Held as Held
from convcalc.declare.types.lists import AnyIndices, Index, Numbers, Odd, Pair, Row, WholePair
from convcalc.declare.types.lists import Either as Either
from convcalc.declare.types.lists import Factor as Factor
from convcalc.declare.types.lists import Part as Part
from convcalc.declare.types.lists import lengths as lengths
from convcalc.declare.types.numbers import (
    AxisNumbers,
    AxisPair,
    Dims,
    Finite,
    Flag,
    Groups,
    Indices,
    Number,
    Pads,
    Penalty,
    PerAxis,
    Sizes,
    Whole,
)
from convcalc.declare.types.texts import Code, OpenPolicy, Phrases, Salt, Tokens
from convcalc.declare.types.words import Activation, Array, Configured, DType, Label, Policy, Word
from convcalc.declare.types.words import Choice as Choice
from convcalc.declare.types.words import DataFormat as DataFormat
from convcalc.declare.types.words import anything as anything
from convcalc.sizes import dtypes


def _spellings(table: Mapping[str, Mapping[str, Any]], snake: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """A table under its class names and Keras's snake-case spellings of them."""
    return {**table, **dict(zip(snake, table.values(), strict=True))}


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
penalty = Penalty()
taps = PerAxis(1)
taps_or_zero = PerAxis(0)
indices = Indices()
axis_numbers = AxisNumbers()
axis_pair = AxisPair()
any_indices = AnyIndices()
numbers = Numbers()
index = Index()
row = Row()
pair = Pair()
whole_pair = WholePair()
odd = Odd()
groups = Groups()
pads = Pads()
signed_pads = Pads(signed=True)
data_format = DataFormat()
exact_data_format = DataFormat(fold=False)
activation = Activation()
layer = Held()
cell = Cells(alone=True)
cells = Cells()
merge = Merge()
initializer = Configured(
    "an initializer", {name: entry.options for name, entry in INITIALIZERS.items()}, settle, reads_none=True
)
regularizer = Configured(
    "a regularizer",
    _spellings(_REGULARIZERS, ("l1", "l2", "l1l2", "orthogonal_regularizer")),
    values={"l1": penalty, "l2": penalty, "factor": penalty, "mode": Choice("rows", "columns")},
)
constraint = Configured("a constraint", _spellings(_CONSTRAINTS, ("max_norm", "min_max_norm", "non_neg", "unit_norm")))
dims = Dims()
target_dims = Dims(-1)
positive_dims = Dims(1)
sizes = Sizes()
positive_sizes = Sizes(1)
label = Label()
word = Word()
array = Array()
dtype = DType()
policy = Policy()
open_policy = OpenPolicy()
text_policy = Policy(dtypes.TEXT)
salt = Salt()
phrases = Phrases()
code = Code()
integers = Tokens(whole=True)
texts = Tokens(whole=False)
