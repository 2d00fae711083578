"""pandas: tables that a script makes of known values. Tables that are read from files are unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import np
from convcalc.read.code.library import Table
from convcalc.read.code.library.structures import Followed, as_array, classes_of, foreign
from convcalc.read.code.values import Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_READERS = (
    *(f"pandas.read_{kind}" for kind in ("csv", "excel", "json", "table", "pickle", "parquet", "sql", "hdf", "fwf")),
    "scipy.io.loadmat", "scipy.io.wavfile.read", "sklearn.datasets.load_files", "sklearn.datasets.load_svmlight_file",
)  # fmt: skip


@TABLE(*_READERS, unknown=True)
def read(site: Site, *args: Any, **rest: Any) -> Any:
    """What is in a file."""
    given = args[0] if args else next(iter(rest.values()), None)
    return foreign(site, f"{site.text} reads {given!r}" if isinstance(given, str) else f"{site.text} reads a file")


# Methods that change the table.
_CHANGING = frozenset({"pop", "insert", "update"})
# Methods that change the table with ``inplace=True``.
_IN_PLACE = frozenset(
    {"bfill", "clip", "drop", "drop_duplicates", "dropna", "eval", "ffill", "fillna", "interpolate", "mask", "query"}
    | {"rename", "replace", "reset_index", "set_index", "sort_index", "sort_values", "where"}
)


class Frame(Followed):
    """A table, or one of its columns: an array with names."""

    open = frozenset({"set_part"})

    def __init__(self, array: Data, names: list[Any] | None = None) -> None:
        super().__init__()
        self.attributes = {"values": array, "shape": array.shape, "ndim": len(array.shape)}
        self.attributes.update(loc=Locator(self), at=Locator(self))
        if names is not None:
            self.attributes["columns"] = names

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        if name not in _CHANGING | _IN_PLACE:
            return super().method(name)

        def changed(site: Site, *args: Any, inplace: Any = False, **rest: Any) -> Unknown:
            if name in _CHANGING or inplace is not False:
                self.set_part(site, None, None)
            return foreign(site, f"{site.text} is not followed")

        return changed

    def to_numpy(self, site: Site) -> Any:
        """The array."""
        return self.attributes["values"]

    as_matrix = to_numpy

    def copy(self, site: Site, deep: Any = True) -> Any:
        """Another table with the same array."""
        made = Frame(self.attributes["values"])
        made.attributes = {**self.attributes, "loc": Locator(made), "at": Locator(made)}
        return made

    def length(self, site: Site) -> Any:
        """The number of rows, as ``len()`` gives it."""
        rows = self.attributes["shape"][0]
        return rows if rows is not None else foreign(site, "the number of rows is not known")

    def part_of(self, site: Site, key: Any) -> Any:
        """A column by its name, or several columns by a list of names."""
        array, names = self.attributes["values"], self.attributes.get("columns", [])
        several = isinstance(key, list)
        if len(array.shape) != 2 or any(one not in names for one in (key if several else [key])):
            return foreign(site, f"{site.text} is not followed")
        if several:
            return Frame(Data((array.shape[0], len(key)), array.dtype, cause=array.cause), list(key))
        return Frame(Data(array.shape[:1], array.dtype, cause=array.cause))

    def set_part(self, site: Site, key: Any, value: Any) -> None:
        """Changes the table, which is then unknown."""
        site.machine.journal.touch(self.attributes)
        lost = foreign(site, "this table is changed in ways that are not followed")
        self.attributes.update(values=lost, shape=lost, columns=lost)


class Locator(Followed):
    """``table.loc``, by which a script may change the table."""

    open = frozenset({"set_part"})

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame

    def part_of(self, site: Site, key: Any) -> Any:
        """A part, which is not followed."""
        return foreign(site, f"{site.text} is not followed")

    def set_part(self, site: Site, key: Any, value: Any) -> None:
        """Changes the table."""
        self.frame.set_part(site, key, value)


@TABLE("pandas.DataFrame")
def frame(site: Site, data: Any = None, index: Any = None, columns: Any = None, dtype: Any = None, **rest: Any) -> Any:
    """A table of an array, or of columns by name."""
    if index is not None or data is None:
        return foreign(site, f"{site.text} is not followed with these arguments")
    if isinstance(data, dict):
        return _of_columns(site, data) if columns is None else foreign(site, f"{site.text} is not followed")
    array = as_array(site, data)
    if not isinstance(array, Data) or len(array.shape) != 2:
        return array if isinstance(array, Unknown) else foreign(site, f"{site.text} is not followed")
    return Frame(array, list(columns) if isinstance(columns, list | tuple) else None)


def _of_columns(site: Site, data: dict[Any, Any]) -> Any:
    arrays = [as_array(site, part) for part in data.values()]
    lost = next((one for one in arrays if isinstance(one, Unknown)), None)
    rows = {one.shape for one in arrays if isinstance(one, Data)}
    if lost or len(rows) != 1 or len(next(iter(rows))) != 1:
        return lost or foreign(site, f"{site.text} is not followed with these columns")
    kinds = {one.dtype for one in arrays}
    plain = len(kinds) == 1 and "string" not in kinds
    dtype = kinds.pop() if plain else str(np.result_type(*kinds)) if all(map(_numeric, kinds)) else "object"
    return Frame(Data((*rows.pop(), len(arrays)), dtype, cause=arrays[0].cause), list(data))


def _numeric(dtype: str) -> bool:
    return dtype.lstrip("u").startswith(("int", "float"))


@TABLE("pandas.Series")
def series(site: Site, data: Any = None, index: Any = None, dtype: Any = None, **rest: Any) -> Any:
    """A column of an array."""
    array = as_array(site, data) if index is None and data is not None else None
    if not isinstance(array, Data) or len(array.shape) != 1:
        return array if isinstance(array, Unknown) else foreign(site, f"{site.text} is not followed")
    return Frame(array)


@TABLE("pandas.get_dummies")
def get_dummies(site: Site, data: Any, **rest: Any) -> Any:
    """A column for each label of a column."""
    found = classes_of(data)
    array = as_array(site, data)
    if rest or found is None or not isinstance(array, Data) or len(array.shape) != 1:
        return array if isinstance(array, Unknown) else foreign(site, f"{site.text} does not know the labels")
    return Frame(Data((array.shape[0], found), "bool", cause=array.cause))
