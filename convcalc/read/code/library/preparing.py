"""scikit-learn's objects that prepare data: scalers, encoders, and what takes fewer columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.library import Table
from convcalc.read.code.library.structures import Followed, as_array, classes_of
from convcalc.read.code.values import Data, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_P = "sklearn.preprocessing"


def _floats(array: Data) -> str:
    return array.dtype if array.dtype in ("float32", "float64") else "float64"


def _table(site: Site, value: Any) -> Data | Unknown:
    """An array with two axes, or unknown."""
    array = as_array(site, value)
    if isinstance(array, Data) and len(array.shape) == 2:
        return array
    return array if isinstance(array, Unknown) else site.unknown(f"{site.text} takes an array with two axes")


class Scaler(Followed):
    """Gives arrays of the same shape, of floating-point numbers."""

    open = frozenset({"fit", "partial_fit"})

    def fit(self, site: Site, *args: Any, **rest: Any) -> Any:
        """The scaler itself."""
        return self

    partial_fit = fit

    def transform(self, site: Site, X: Any, *args: Any, **rest: Any) -> Any:  # noqa: N803
        """An array of the same shape."""
        array = _table(site, X)
        return Data(array.shape, _floats(array), cause=array.cause) if isinstance(array, Data) else array

    inverse_transform = fit_transform = transform


@TABLE(*(f"{_P}.{name}" for name in ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "Normalizer")))
def scaler(site: Site, *args: Any, **rest: Any) -> Any:
    """An object that scales columns."""
    return Scaler()


@TABLE(*(f"{_P}.{name}" for name in ("scale", "minmax_scale", "normalize")))
def scaled(site: Site, X: Any, *args: Any, return_norm: Any = False, **rest: Any) -> Any:  # noqa: N803
    """An array of the same shape."""
    return site.unknown(f"{site.text} is not followed") if return_norm else Scaler().transform(site, X)


class Reduced(Followed):
    """``PCA`` and its like: gives as many columns as it is asked for."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.attributes["n_components"] = columns

    open = Scaler.open
    fit = Scaler.fit

    def transform(self, site: Site, X: Any, *args: Any, **rest: Any) -> Any:  # noqa: N803
        """An array with other columns."""
        array = _table(site, X)
        if isinstance(array, Unknown):
            return array
        return Data((array.shape[0], self.attributes["n_components"]), _floats(array), cause=array.cause)

    fit_transform = transform


@TABLE("sklearn.decomposition.PCA", "sklearn.decomposition.NMF", "sklearn.decomposition.FastICA")
def components(site: Site, n_components: Any = None, **rest: Any) -> Any:
    """An object that makes a number of columns; unknown where the data decides the number."""
    if type(n_components) is not int:
        return site.unknown(f"{site.text} gives a number of columns that is not known here")
    return Reduced(n_components)


@TABLE("sklearn.decomposition.TruncatedSVD", "sklearn.manifold.TSNE")
def plane(site: Site, n_components: Any = 2, **rest: Any) -> Any:
    """An object that makes a number of columns, which is 2 where it is not given."""
    return components(site, n_components)


class Encoder(Followed):
    """``LabelEncoder`` and ``LabelBinarizer``, which learn the labels that there are."""

    open = frozenset({"fit", "fit_transform"})

    def __init__(self, *, columns: bool) -> None:
        super().__init__()
        self.columns = columns

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        return None if name == "columns" else super().method(name)

    def fit(self, site: Site, y: Any) -> Any:
        """The encoder itself, which has learned the labels."""
        array = as_array(site, y)
        found = None if isinstance(array, Unknown) else classes_of(y)
        site.machine.journal.touch(self.attributes)
        lost = array if isinstance(array, Unknown) else site.unknown("the labels in this array are not known")
        self.attributes["classes_"] = lost if found is None else Data((found,), "object")
        return self

    def transform(self, site: Site, y: Any) -> Any:
        """The number of each label, or a column for each label."""
        array = as_array(site, y)
        classes = self.attributes.get("classes_")
        if isinstance(array, Unknown) or classes is None:
            return array if isinstance(array, Unknown) else site.unknown("this encoder has not been fitted")
        if not self.columns:
            return Data((array.shape[0],), "int64", cause=array.cause)
        if isinstance(classes, Unknown):
            return Data((array.shape[0], None), "int64", cause=classes)
        columns = classes.shape[0] if classes.shape[0] != 2 else 1
        return Data((array.shape[0], columns), "int64", cause=array.cause)

    def fit_transform(self, site: Site, y: Any) -> Any:
        """The number of each label, where all numbers occur, or a column for each label."""
        self.fit(site, y)
        made = self.transform(site, y)
        classes = self.attributes["classes_"]
        if isinstance(made, Data) and not self.columns and isinstance(classes, Data):
            made.labels = classes.shape[0]
        return made

    def inverse_transform(self, site: Site, y: Any, *args: Any) -> Any:
        """The labels, one for each row."""
        array = as_array(site, y)
        return Data(array.shape[:1], "object", cause=array.cause) if isinstance(array, Data) else array


@TABLE(f"{_P}.LabelEncoder")
def label_encoder(site: Site) -> Any:
    """An object that gives labels numbers."""
    return Encoder(columns=False)


@TABLE(f"{_P}.LabelBinarizer")
def label_binarizer(site: Site, *, sparse_output: Any = False, **rest: Any) -> Any:
    """An object that gives labels columns."""
    return site.unknown(f"{site.text} with sparse_output is not followed") if sparse_output else Encoder(columns=True)


@TABLE(f"{_P}.label_binarize")
def binarized(site: Site, y: Any, *, classes: Any, sparse_output: Any = False, **rest: Any) -> Any:
    """A column for each of the classes, or a single column for two."""
    array, names = as_array(site, y), as_array(site, classes)
    lost = unknown_in((array, names))
    if lost or sparse_output or len(array.shape) != 1 or names.shape[0] is None:
        return lost or site.unknown(f"{site.text} is not followed with these arguments")
    return Data((array.shape[0], 1 if names.shape[0] == 2 else names.shape[0]), "int64", cause=array.cause)


class Sparse(Followed):
    """A matrix of which only the values beside zero are kept."""

    def __init__(self, array: Data) -> None:
        super().__init__()
        self.attributes = {"shape": array.shape, "A": array}

    def toarray(self, site: Site) -> Any:
        """The whole array."""
        return self.attributes["A"]

    todense = toarray


class OneHot(Followed):
    """``OneHotEncoder``: columns of zeros and ones for the values of each column."""

    open = frozenset({"fit", "fit_transform"})

    def __init__(self, *, sparse: bool) -> None:
        super().__init__()
        self.attributes["sparse_output"] = sparse

    def fit(self, site: Site, X: Any, y: Any = None) -> Any:  # noqa: N803
        """The encoder itself, which has learned the values."""
        array = _table(site, X)
        site.machine.journal.touch(self.attributes)
        found = _columns(array, X) if isinstance(array, Data) else None
        lost = array if isinstance(array, Unknown) else site.unknown("the values in this array are not known")
        self.attributes["_columns"] = lost if found is None else found
        return self

    def transform(self, site: Site, X: Any) -> Any:  # noqa: N803
        """The columns of zeros and ones."""
        array = _table(site, X)
        columns = self.attributes.get("_columns")
        if isinstance(array, Unknown) or columns is None:
            return array if isinstance(array, Unknown) else site.unknown("this encoder has not been fitted")
        lost = columns if isinstance(columns, Unknown) else None
        made = Data((array.shape[0], None if lost else columns), "float64", cause=array.cause or lost)
        return Sparse(made) if self.attributes["sparse_output"] else made

    def fit_transform(self, site: Site, X: Any, y: Any = None) -> Any:  # noqa: N803
        """The columns of zeros and ones for the values that occur."""
        self.fit(site, X)
        return self.transform(site, X)


def _columns(array: Data, given: Any) -> int | None:
    """How many columns the values of the columns of an array need, or None."""
    if array.value is not None:
        return sum(len(np.unique(column)) for column in array.value.T)
    return classes_of(given) if array.shape[1] == 1 else None


@TABLE(f"{_P}.OneHotEncoder")
def one_hot_encoder(site: Site, *, sparse: Any = True, sparse_output: Any = True, **rest: Any) -> Any:
    """An object that gives values columns."""
    if rest.keys() - {"dtype", "handle_unknown"}:
        return site.unknown(f"{site.text} is not followed with these arguments")
    return OneHot(sparse=bool(sparse and sparse_output))
