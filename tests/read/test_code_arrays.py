"""Arrays in scripts: shapes, types and values as NumPy has them."""

import ast
import operator

import numpy as np
import pytest

from convcalc.read.code import arrays, library
from convcalc.read.code.known import as_data
from convcalc.read.code.site import Site
from convcalc.read.code.values import Cause, Data, Unknown


class Machine:
    """What a `Site` needs of the interpreter."""

    def place(self, node):
        """No place."""

    def spend(self, steps, node):
        """Counts nothing."""

    def items(self, value, node):
        """The members of a list."""
        return list(value)


SITE = Site(Machine(), ast.parse("np.f(x)", mode="eval").body)
# Where the values of an array are known, and where only its shape is.
KNOWN = pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])


def data(array, known):
    """An array of NumPy as the reader has it."""
    return Data(array.shape, str(array.dtype), value=array.copy() if known else None)


def given(value, known):
    """A value in which arrays of NumPy have become the reader's."""
    if isinstance(value, np.ndarray):
        return data(value, known)
    return [given(one, known) for one in value] if isinstance(value, list) else value


def check(result, expected, known):
    """Compares a result with NumPy's."""
    if isinstance(expected, list | tuple):
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            check(one, other, known)
        return
    expected = np.asarray(expected)
    assert not isinstance(result, Unknown), result.cause.message
    if not isinstance(result, Data):
        assert expected.shape == ()
        assert result == pytest.approx(expected.item(), nan_ok=True)
        return
    assert (result.shape, result.dtype) == (expected.shape, str(expected.dtype))
    assert (
        not known
        or result.value is None
        or np.array_equal(result.value, expected, equal_nan=expected.dtype.kind == "f")
    )


def array(*shape, dtype="float32"):
    """Numbers in a shape, of which some are equal."""
    return (np.arange(np.prod(shape, dtype=int)) % 7).reshape(shape).astype(dtype)


PAIRS = [((3, 4), (4,)), ((2, 1, 3), (5, 1)), ((4,), ()), ((), (2, 2)), ((0, 3), (3,))]
TYPES = ["bool", "uint8", "int8", "int32", "int64", "float16", "float32", "float64"]


@KNOWN
@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>"])
@pytest.mark.parametrize("types", [(one, two) for one in TYPES for two in TYPES], ids="-".join)
def test_two_arrays_in_an_operator_give_what_numpy_gives(sign, types, known):
    """An operator of two arrays has NumPy's shape, type and values, or is no operation in either."""
    function = getattr(operator, arrays._WORK[sign].__name__)
    for left, right in PAIRS:
        x, y = (array(*shape, dtype=dtype) for shape, dtype in zip((left, right), types, strict=True))
        if 0 in (x.ndim, y.ndim) and known:
            continue  # single known values are Python's own
        with np.errstate(all="ignore"):
            try:
                expected = function(x, y)
            except (TypeError, ValueError):
                assert not known or isinstance(arrays.binary(SITE, sign, data(x, known), data(y, known)), Unknown)
                continue
        check(arrays.binary(SITE, sign, data(x, known), data(y, known)), expected, known)


@KNOWN
@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "%", "**"])
@pytest.mark.parametrize("number", [2, 2.5, True])
@pytest.mark.parametrize("dtype", TYPES[1:])
def test_a_number_beside_an_array_takes_the_type_of_the_array_where_it_can(sign, number, dtype, known):
    """Python's numbers adapt to an array as in NumPy."""
    x = array(2, 3, dtype=dtype)
    function = arrays._WORK[sign]
    with np.errstate(all="ignore"):
        for expected, result in (
            (function(x, number), arrays.binary(SITE, sign, data(x, known), number)),
            (function(number, x), arrays.binary(SITE, sign, number, data(x, known))),
        ):
            check(result, expected, known)


@KNOWN
@pytest.mark.parametrize(
    "shapes", [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((4,), (4, 2)), ((2, 3, 4), (4,)), ((5, 2, 3, 4), (2, 4, 1))]
)
def test_matrices_multiply_as_in_numpy(shapes, known):
    """``@`` of shapes that fit."""
    x, y = (array(*shape) for shape in shapes)
    check(arrays.binary(SITE, "@", data(x, known), data(y, known)), x @ y, known)
    check(call("numpy.matmul", data(x, known), data(y, known)), x @ y, known)


@KNOWN
@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
def test_a_comparison_is_true_or_false_for_each_value(sign, known):
    """Comparisons with arrays, numbers and lists."""
    x = array(2, 3)
    for other in (array(3), 2, [1, 2, 3]):
        expected = arrays._WORK[sign](x, np.asarray(other))
        check(arrays.compare(SITE, sign, data(x, known), given(other, known)), expected, known)


INDICES = [
    0, -1, slice(None), slice(1, 3), slice(None, None, -1), slice(-2, None), ..., None, (0, 1), (slice(None), 0),
    (..., 0), (..., None), (None, 0), (slice(None), None), (0, ..., 1), (slice(1, 2), slice(None), 2), [0, 2],
    ([0, 1], [1, 2]), (slice(None), [0, 2]), (0, slice(None), [1, 2]),
    ([0, 1], slice(None), [1, 2]), [True, False, True],
    (slice(None), [[0, 1], [2, 3]]), np.array([[0, 1], [2, 0]]), np.array([1, 0]) > 0, (slice(None), [0], None),
    range(2), (np.zeros((3, 4), bool), 1), np.ones((3, 4, 5), bool), slice(5, 9), (0, 1, 2), (slice(None), slice(0)),
]  # fmt: skip


@KNOWN
@pytest.mark.parametrize("index", INDICES, ids=str)
def test_a_part_of_an_array_is_numpys(index, known):
    """Numbers, slices, new axes, masks and lists in an index."""
    x = array(3, 4, 5)
    key = tuple(given(one, True) for one in index) if isinstance(index, tuple) else given(index, True)
    try:
        expected = x[list(index) if isinstance(index, range) else index]
    except IndexError:
        assert isinstance(arrays.getitem(SITE, data(x, known), key), Unknown)
    else:
        check(arrays.getitem(SITE, data(x, known), key), expected, known)


@pytest.mark.parametrize("index", [3, (0, 4), (0, 0, 0, 0), "a", 1.5, [0.5], [9]], ids=str)
def test_a_part_that_is_not_there_is_unknown(index):
    """An index that NumPy refuses gives no value."""
    found = arrays.getitem(SITE, data(array(3, 4, 5), True), index)
    assert isinstance(found, Unknown)


def call(path, *args, **named):
    """What a function of a table gives."""
    return library.call(library.function_of(path), SITE, args, named)


FUNCTIONS = [
    ("reshape", [array(2, 6), (3, 4)]), ("reshape", [array(2, 6), -1]), ("reshape", [array(2, 6), (2, -1, 3)]),
    ("transpose", [array(2, 3, 4)]), ("transpose", [array(2, 3, 4), (1, 0, 2)]), ("expand_dims", [array(2, 3), -1]),
    ("expand_dims", [array(2, 3), (0, 3)]), ("squeeze", [array(2, 1, 3, 1)]), ("squeeze", [array(2, 1, 3, 1), 1]),
    ("swapaxes", [array(2, 3, 4), 0, -1]), ("moveaxis", [array(2, 3, 4), 0, -1]), ("moveaxis", [array(2, 3, 4), -1, 0]),
    ("moveaxis", [array(2, 3, 4, 5), [0, 2], [3, 0]]), ("rollaxis", [array(2, 3, 4), 2]),
    ("rollaxis", [array(2, 3, 4), 0, 3]),
    ("concatenate", [[array(2, 3), array(4, 3)]]), ("concatenate", [[array(2, 3), array(2, 1)], 1]),
    ("concatenate", [[array(2, 3), array(2, 1)], None]), ("stack", [[array(2, 3), array(2, 3)]]),
    ("stack", [[array(2, 3), array(2, 3), array(2, 3)], -1]), ("vstack", [[array(3), array(2, 3)]]),
    ("hstack", [[array(3), array(2)]]), ("hstack", [[array(2, 3), array(2, 1)]]),
    ("dstack", [[array(2, 3), array(2, 3)]]),
    ("dstack", [[array(3), array(3)]]), ("column_stack", [[array(3), array(3, 2)]]),
    ("append", [array(2, 3), array(2)]),
    ("append", [array(2, 3), array(1, 3), 0]), ("tile", [array(2, 3), 2]), ("tile", [array(2, 3), (2, 1, 3)]),
    ("repeat", [array(2, 3), 2]), ("repeat", [array(2, 3), 2, 1]), ("repeat", [array(2, 3), [1, 2], 0]),
    ("pad", [array(2, 3), 1]), ("pad", [array(2, 3), (1, 2)]), ("pad", [array(2, 3), ((1, 2), (0, 3))]),
    ("split", [array(6, 2), 3]), ("split", [array(6, 2), [1, 4]]), ("split", [array(2, 6), 2, 1]),
    ("array_split", [array(7, 2), 3]), ("hsplit", [array(2, 6), 3]), ("vsplit", [array(2, 6), 2]),
    ("flip", [array(2, 3)]), ("flip", [array(2, 3), 1]), ("fliplr", [array(2, 3)]), ("roll", [array(2, 3), 1]),
    ("ravel", [array(2, 3)]), ("unique", [array(4, 5)]), ("broadcast_to", [array(3), (2, 3)]), ("rot90", [array(2, 3)]),
    ("max", [array(2, 3)]), ("max", [array(2, 3), 0]), ("min", [array(2, 3), -1]), ("mean", [array(2, 3, 4), (0, 2)]),
    ("mean", [array(2, 3, dtype="int64"), 0]), ("sum", [array(2, 3, dtype="uint8"), 0]), ("sum", [array(2, 3)]),
    ("std", [array(2, 3), 1]), ("var", [array(2, 3), 1]), ("prod", [array(2, 3, dtype="int32"), 1]),
    ("any", [array(2, 3), 0]), ("all", [array(2, 3), 0]), ("argmax", [array(2, 3), 1]), ("argmin", [array(2, 3)]),
    ("median", [array(2, 3), 0]), ("cumsum", [array(2, 3)]), ("cumsum", [array(2, 3), 1]), ("sort", [array(2, 3)]),
    ("argsort", [array(2, 3)]), ("sqrt", [array(2, 3, dtype="int64")]), ("exp", [array(2, 3)]), ("abs", [array(2, 3)]),
    ("sin", [array(2, 3, dtype="uint8")]), ("floor", [array(2, 3)]), ("isnan", [array(2, 3)]),
    ("power", [array(2, 3), 2]),
    ("log", [array(2, 3, dtype="bool")]), ("maximum", [array(2, 3), array(3)]), ("add", [array(2, 3), 1]),
    ("outer", [array(3), array(2)]),
    ("divide", [array(2, 3, dtype="int64"), 2]), ("greater", [array(2, 3), 2]),
    ("logical_and", [array(2, 3), array(3)]),
    ("dot", [array(2, 3), array(3, 4)]), ("dot", [array(2, 3, 4), array(5, 4, 2)]),
    ("matmul", [array(5, 2, 3), array(3, 4)]),
    ("where", [array(2, 3) > 2, array(3), 0]), ("clip", [array(2, 3), 1, 2]),
    ("clip", [array(2, 3, dtype="int64"), 0.5, 2]),
    ("tensordot", [array(2, 3, 4), array(3, 4, 5)]), ("tensordot", [array(2, 3), array(3, 4), 1]),
    ("tensordot", [array(2, 3, 4), array(4, 2), [[0, 2], [1, 0]]]), ("round", [array(2, 3)]), ("diff", [array(2, 5)]),
    ("einsum", ["ij,jk->ik", array(2, 3), array(3, 4)]), ("einsum", ["bij,bjk->bik", array(5, 2, 3), array(5, 3, 4)]),
    ("einsum", ["...ij,jk", array(5, 2, 3), array(3, 4)]), ("einsum", ["ii->i", array(3, 3)]),
    ("einsum", ["ij->", array(3, 3)]),
    ("zeros", [(2, 3)]), ("zeros", [3, "int32"]), ("ones", [(2,)]), ("full", [(2, 3), 7]), ("full", [(2, 3), 7.0]),
    ("zeros_like", [array(2, 3, dtype="int8")]), ("ones_like", [array(2, 3), "uint8"]), ("full_like", [array(2, 3), 4]),
    ("arange", [5]), ("arange", [2, 9, 3]), ("arange", [0, 1, 0.1]), ("arange", [5.0]), ("arange", [5, 0, -2]),
    ("arange", [3, 1]),
    ("linspace", [0, 1]), ("linspace", [0, 1, 5]), ("linspace", [0, 1, 5, False]), ("eye", [3]), ("eye", [3, 4, 1]),
    ("identity", [3]), ("array", [[[1, 2], [3, 4]]]), ("array", [[1, 2.5]]), ("array", [[True, False]]),
    ("array", [[]]),
    ("array", [[1, 2], "float32"]), ("array", [[array(2), array(2)]]), ("asarray", [array(2, 3)]), ("array", [[[]]]),
    ("array", [[True, 2]]), ("array", [range(4)]), ("meshgrid", [array(3), array(2)]),
    ("take", [array(3, 4), [0, 2], 1]),
    ("take", [array(3, 4), [0, 2]]), ("take", [array(3, 4), 1, 0]), ("atleast_2d", [array(3)]),
    ("atleast_3d", [array(3, 2)]),
    ("atleast_3d", [array(3)]), ("diag", [array(3)]), ("diag", [array(3, 2)]), ("tril", [array(3, 3)]),
    ("bincount", [array(9, dtype="int64")]),
    ("percentile", [array(3, 4), 50, 0]), ("percentile", [array(3, 4), [25, 75], 0]), ("delete", [array(3, 4), 1, 0]),
    ("linalg.norm", [array(3, 4), None, 1]), ("digitize", [array(3, 4), [1, 2]]), ("shape", [array(3, 4)]),
    ("ndim", [array(3, 4)]),
    ("size", [array(3, 4)]), ("count_nonzero", [array(3, 4), 1]), ("average", [array(3, 4), 0]),
    ("logspace", [0, 2, 4]),
]  # fmt: skip
WITHOUT_VALUES = ("unique", "bincount", "round")


@KNOWN
@pytest.mark.parametrize(("name", "args"), FUNCTIONS, ids=lambda value: value if isinstance(value, str) else None)
def test_functions_of_arrays_give_numpys_shapes_types_and_values(name, args, known):
    """Each function gives what NumPy's own function gives."""
    if not known and name in WITHOUT_VALUES:
        pytest.skip("the shape depends on the values")
    with np.errstate(all="ignore"):
        expected = operator.attrgetter(name)(np)(*args)
    check(call(f"numpy.{name}", *[given(one, known) for one in args]), expected, known)


METHODS = [
    ("reshape", (3, 4)), ("reshape", ((2, -1),)), ("astype", ("int32",)), ("flatten", ()), ("transpose", ()),
    ("transpose", (1, 0)),
    ("mean", ()), ("sum", (0,)), ("max", (1,)), ("argmax", (-1,)), ("std", (0,)), ("copy", ()), ("tolist", ()),
    ("repeat", (2,)),
    ("swapaxes", (0, 1)), ("all", ()), ("any", (1,)), ("round", ()), ("clip", (0, 1)), ("dot", (array(6, 2),)),
    ("cumsum", ()),
    ("argsort", ()), ("take", ([0],)), ("prod", (1,)), ("min", ()), ("squeeze", ()),
]  # fmt: skip


@KNOWN
@pytest.mark.parametrize(("name", "args"), METHODS, ids=str)
def test_methods_of_arrays_give_numpys_results(name, args, known):
    """Each method gives what NumPy's own method gives."""
    x = array(2, 6)
    if name == "tolist":
        expected = x.tolist()
        found = arrays.METHODS[name](SITE, data(x, True))
        assert found == expected
        return
    found = arrays.METHODS[name](SITE, data(x, known), *[given(one, known) for one in args])
    check(found, getattr(x, name)(*args), known)


def lost():
    """A value that is not known."""
    return Unknown(Cause("it is lost", None))


def test_an_unknown_size_stays_unknown_with_its_cause():
    """A size that is not known here has a cause, and is unknown to the script; an open size is None."""
    cause = lost()
    x = Data((None, 4), cause=cause)
    assert arrays.attribute(SITE, x, "shape") == (cause, 4)
    assert arrays.length(SITE, x) is cause
    doubled = arrays.binary(SITE, "*", x, 2)
    assert (doubled.shape, doubled.cause) == ((None, 4), cause)
    column = arrays.getitem(SITE, x, (slice(None), 0))
    assert (column.shape, column.cause) == ((None,), cause)
    row = arrays.getitem(SITE, x, 0)
    assert (row.shape, row.cause) == ((4,), None)
    assert arrays.attribute(SITE, Data((None, 4)), "shape") == (None, 4)


def test_a_mask_takes_an_unknown_number_of_values():
    """The size of ``x[y == 3]`` is not known, and says why."""
    y = Data((100,), "int64", labels=10)
    found = arrays.getitem(SITE, Data((100, 4)), arrays.compare(SITE, "==", y, 3))
    assert found.shape == (None, 4)
    assert "mask" in found.cause.cause.message


def test_labels_say_which_values_there_are():
    """The largest label and the different labels are known without the values."""
    y = Data((60000,), "uint8", labels=10)
    assert call("numpy.max", y) == 9
    assert call("numpy.unique", y).value.tolist() == list(range(10))
    assert arrays.METHODS["max"](SITE, arrays.METHODS["reshape"](SITE, y, -1, 1)) == 9
    assert arrays.getitem(SITE, y, slice(5000)).labels == 10
    assert arrays.getitem(SITE, y, slice(50)).labels is None
    assert arrays.binary(SITE, "+", y, 1).labels is None


def test_setting_a_part_makes_the_values_of_all_views_unknown():
    """Arrays that share memory lose their values together, copies keep theirs."""
    x = call("numpy.array", [[1, 2], [3, 4]])
    row, copy = arrays.getitem(SITE, x, 0), arrays.METHODS["copy"](SITE, x)
    arrays.setitem(SITE, row, 0, 9)
    assert x.value is None
    assert copy.value.tolist() == [[1, 2], [3, 4]]


def test_a_huge_array_costs_nothing():
    """Shapes alone are followed where an array would not fit into memory."""
    assert call("numpy.zeros", (10**6, 10**6)).shape == (10**6, 10**6)
    assert call("numpy.arange", 10**12).shape == (10**12,)
    assert call("numpy.tile", Data((3,), value=np.zeros(3)), 10**12).shape == (3 * 10**12,)
    assert call("numpy.eye", 10**9).shape == (10**9, 10**9)


@pytest.mark.parametrize(
    ("name", "args", "named", "shape"),
    [
        ("rand", (2, 3), {}, (2, 3)), ("random", ((2, 3),), {}, (2, 3)), ("normal", (0, 1, (2, 3)), {}, (2, 3)),
        ("uniform", (), {"size": (4,)}, (4,)), ("randint", (10,), {"size": (5, 1)}, (5, 1)),
        ("choice", (5, 3), {}, (3,)),
        ("permutation", (6,), {}, (6,)), ("randn", (), {}, ()),
        ("normal", (), {"loc": 0.0, "scale": 1.0, "size": 3}, (3,)),
    ],
)  # fmt: skip
def test_numbers_of_chance_have_the_shape_that_is_asked_for(name, args, named, shape):
    """``numpy.random`` gives shapes as NumPy does, and no values."""
    assert np.shape(getattr(np.random, name)(*args, **named)) == shape
    found = call(f"numpy.random.{name}", *args, **named)
    assert (found.shape, found.value) == (shape, None)


def test_lists_of_parts_that_differ_are_unknown():
    """A ragged list is no array."""
    assert isinstance(as_data(SITE, [[1, 2], [3]]), Unknown)
