"""scikit-learn: its small data sets, splits, and what prepares data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.frames import Frame
from convcalc.read.code.library.structures import Followed, as_array, foreign
from convcalc.read.code.values import Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# Of each data set of a known size: rows, columns, the type of the targets, and their number of classes.
_SETS: dict[str, tuple[int, int, str, int | None]] = {
    "load_iris": (150, 4, "int64", 3),
    "load_wine": (178, 13, "int64", 3),
    "load_breast_cancer": (569, 30, "int64", 2),
    "load_diabetes": (442, 10, "float64", None),
    "load_boston": (506, 13, "float64", None),
    "fetch_california_housing": (20640, 8, "float64", None),
    "fetch_covtype": (581012, 54, "int32", None),
}
# How likely a class may be to be missing in a part of an array for the part to have the labels of the whole.
_RARE = 1e-6
# The most rows of a list that is split.
_MOST_ROWS = 10_000


class Bunch(Followed):
    """Arrays by name: attributes that can also be read as the parts of a dictionary."""

    def part_of(self, site: Site, key: Any) -> Any:
        """``bunch[key]``."""
        return self.attributes.get(key) or site.unknown(f"{key!r} is not known here")


def _given(site: Site, data: Any, target: Any, both: Any, **more: Any) -> Any:
    if both is True:
        return data, target
    bunch = Bunch()
    names = site.unknown(f"{site.text} gives names that are not known here")
    bunch.attributes = {"data": data, "target": target, "feature_names": names, "target_names": names, **more}
    return bunch


def _loader(rows: int, columns: int, dtype: str, labels: int | None) -> Any:
    def load(site: Site, *, return_X_y: Any = False, as_frame: Any = False, **rest: Any) -> Any:  # noqa: N803
        if as_frame is not False:
            return foreign(site, f"{site.text} gives tables, which are not followed")
        return _given(site, Data((rows, columns), "float64"), Data((rows,), dtype, labels=labels), return_X_y)

    return load


for _name, _size in _SETS.items():
    TABLE(f"sklearn.datasets.{_name}")(_loader(*_size))


@TABLE("sklearn.datasets.load_digits")
def digits(site: Site, *, n_class: Any = 10, return_X_y: Any = False, as_frame: Any = False) -> Any:  # noqa: N803
    """1,797 images of 8 × 8 pixels, with 10 labels."""
    if as_frame is not False:
        return foreign(site, f"{site.text} gives tables, which are not followed")
    rows = 1797 if n_class == 10 else None
    cause = None if rows else site.unknown("the number of images of these classes is not known")
    images = Data((rows, 8, 8), "float64", cause=cause)
    target = Data((rows,), "int64", labels=n_class, cause=cause)
    return _given(site, Data((rows, 64), "float64", cause=cause), target, return_X_y, images=images)


@TABLE("sklearn.datasets.fetch_openml")
def openml(site: Site, name: Any = None, *, as_frame: Any = "auto", return_X_y: Any = False, **rest: Any) -> Any:  # noqa: N803
    """MNIST as 70,000 rows of 784 numbers, with text for labels; other data sets are not known."""
    if name not in ("mnist_784", "Fashion-MNIST"):
        return foreign(site, f"{site.text} reads data from the network")
    data, target = Data((70000, 784), "int64"), Data((70000,), "object")
    if as_frame is False:
        return _given(site, data, target, return_X_y)
    return _given(site, Frame(data), Frame(target), return_X_y)


@TABLE("sklearn.datasets.make_classification")
def classification(site: Site, n_samples: Any = 100, n_features: Any = 20, *, n_classes: Any = 2, **rest: Any) -> Any:
    """Points of a number of classes."""
    n_classes = None if "weights" in rest else n_classes
    return Data((n_samples, n_features), "float64"), Data((n_samples,), "int64", labels=_sure(n_samples, n_classes))


@TABLE("sklearn.datasets.make_regression")
def regression(
    site: Site, n_samples: Any = 100, n_features: Any = 100, *, n_targets: Any = 1, coef: Any = False, **rest: Any
) -> Any:
    """Points with one number, or with several."""
    if coef is not False:
        return site.unknown(f"{site.text} with coef is not followed")
    targets = (n_samples,) if n_targets == 1 else (n_samples, n_targets)
    return Data((n_samples, n_features), "float64"), Data(targets, "float64")


@TABLE("sklearn.datasets.make_moons", "sklearn.datasets.make_circles")
def moons(site: Site, n_samples: Any = 100, **rest: Any) -> Any:
    """Points in the plane, of two classes."""
    rows = sum(n_samples) if isinstance(n_samples, tuple) else n_samples
    return Data((rows, 2), "float64"), Data((rows,), "int64", labels=2 if rows > 3 else None)


@TABLE("sklearn.datasets.make_blobs")
def blobs(
    site: Site,
    n_samples: Any = 100,
    n_features: Any = 2,
    *,
    centers: Any = None,
    return_centers: Any = False,
    **rest: Any,
) -> Any:
    """Points around centers."""
    if not isinstance(n_samples, int) or not isinstance(centers, int | None) or return_centers is not False:
        return site.unknown(f"{site.text} is not followed with these arguments")
    classes = 3 if centers is None else centers
    labels = classes if n_samples >= classes else None
    return Data((n_samples, n_features), "float64"), Data((n_samples,), "int64", labels=labels)


def _sure(rows: int, labels: int | None) -> int | None:
    """The labels of a random part of an array, as far as each of them is certain to be in it."""
    if labels is None or labels < 1:
        return None
    return labels if labels * (1 - 1 / labels) ** rows < _RARE else None


# Splits


@TABLE("sklearn.model_selection.train_test_split", "sklearn.cross_validation.train_test_split")
def split(
    site: Site,
    *arrays: Any,
    test_size: Any = None,
    train_size: Any = None,
    shuffle: Any = True,
    stratify: Any = None,
    **rest: Any,
) -> Any:
    """Each array in two parts, as sklearn counts their rows."""
    if not arrays or not all(_sized(one) for one in arrays):
        return site.unknown(f"{site.text} is not followed with these arguments")
    known = {_rows(one) for one in arrays} - {None}
    if len(known) > 1:
        raise ValueError("the arrays have different lengths")
    sizes = _sizes(known.pop(), test_size, train_size) if known else None
    return [part for one in arrays for part in _parts(site, one, sizes, shuffle is False, stratify is not None)]


def _sized(value: Any) -> bool:
    return isinstance(value, list | tuple | Frame) or (isinstance(value, Data) and len(value.shape) > 0)


def _rows(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return len(value)
    return (value.attributes["shape"] if isinstance(value, Frame) else value.shape)[0]


def _sizes(rows: int, test_size: Any, train_size: Any) -> tuple[int, int]:
    """The rows of both parts: sklearn rounds the test rows up, and the training rows down."""
    if test_size is None and train_size is None:
        test_size = 0.25
    test = math.ceil(test_size * rows) if isinstance(test_size, float) else test_size
    train = math.floor(train_size * rows) if isinstance(train_size, float) else train_size
    test = rows - train if test is None else test
    train = rows - test if train is None else train
    if test < 1 or train < 1 or test + train > rows:
        raise ValueError("the parts do not fit the rows")
    return train, test


def _parts(site: Site, array: Any, sizes: tuple[int, int] | None, ordered: bool, even: bool) -> list[Any]:
    """Both parts of an array: ``ordered`` are the first rows and the next ones; ``even`` parts have all labels."""
    if isinstance(array, Frame):
        names = array.attributes.get("columns")
        return [Frame(part, names) for part in _parts(site, array.attributes["values"], sizes, ordered, even)]
    if isinstance(array, Data):
        lost = array.cause or site.unknown("the number of rows to split is not known")
        return [_part(array, size, lost, even, ordered) for size in sizes or (None, None)]
    train, test = sizes or (0, 0)
    if ordered:
        return [list(array[:train]), list(array[train : train + test])]
    form = as_array(site, array) if len(array) <= _MOST_ROWS else None
    if not isinstance(form, Data):
        return [form or site.unknown(f"{site.text} is given a list that is not followed")] * 2
    return [[Data(form.shape[1:], form.dtype, cause=form.cause) for _ in range(size)] for size in (train, test)]


def _part(array: Data, size: int | None, lost: Unknown, even: bool, ordered: bool) -> Data:
    shape = (size, *array.shape[1:])
    labels = None if ordered or size is None else array.labels if even else _sure(size, array.labels)
    return Data(shape, array.dtype, labels=labels, cause=lost if None in shape else None)
