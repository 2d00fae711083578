"""``tensorflow_datasets``: the elements of its best known data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.pipelines import Pipeline
from convcalc.read.code.library.structures import Followed, fresh, mapped
from convcalc.read.code.values import Data, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
# Of each data set: the shape of its first feature, None for text; the classes; the rows of each split; other features.
_Known = tuple[tuple[int | None, ...] | None, int, dict[str, int], tuple[str, ...]]
_GRAY = (28, 28, 1)
_TWO = {"train": 60000, "test": 10000}
_ANY = (None, None, 3)
_SETS: dict[str, _Known] = {
    "mnist": (_GRAY, 10, _TWO, ()),
    "fashion_mnist": (_GRAY, 10, _TWO, ()),
    "kmnist": (_GRAY, 10, _TWO, ()),
    "cifar10": ((32, 32, 3), 10, {"train": 50000, "test": 10000}, ("id",)),
    "cifar100": ((32, 32, 3), 100, {"train": 50000, "test": 10000}, ("id", "coarse_label")),
    "stl10": ((96, 96, 3), 10, {"train": 5000, "test": 8000, "unlabelled": 100000}, ()),
    "cats_vs_dogs": (_ANY, 2, {"train": 23262}, ("image/filename",)),
    "tf_flowers": (_ANY, 5, {"train": 3670}, ()),
    "oxford_flowers102": (_ANY, 102, {"train": 1020, "validation": 1020, "test": 6149}, ("file_name",)),
    "food101": (_ANY, 101, {"train": 75750, "validation": 25250}, ()),
    "horses_or_humans": ((300, 300, 3), 2, {"train": 1027, "test": 256}, ()),
    "rock_paper_scissors": ((300, 300, 3), 3, {"train": 2520, "test": 372}, ()),
    "beans": ((500, 500, 3), 3, {"train": 1034, "validation": 133, "test": 128}, ()),
    "imdb_reviews": (None, 2, {"train": 25000, "test": 25000, "unsupervised": 50000}, ()),
}


class Facts(Followed):
    """What is known of a data set: its features, and its splits."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__()
        self.attributes = attributes


def _element(site: Site, known: _Known, supervised: Any) -> Any:
    shape, _, _, others = known
    cause = site.unknown("the images of this data set have different sizes") if shape and None in shape else None
    first = Data((), "string") if shape is None else Data(shape, "uint8", cause=cause)
    label = Data((), "int64")
    if supervised is True:
        return first, label
    more = {name: Data((), "int64" if name.endswith("label") else "string") for name in others}
    return {"text" if shape is None else "image": first, "label": label, **more}


@TABLE("tensorflow_datasets.load")
def load(
    site: Site,
    name: Any,
    *,
    split: Any = None,
    batch_size: Any = None,
    as_supervised: Any = False,
    with_info: Any = False,
    **rest: Any,
) -> Any:
    """A data set, or several by the names of their splits."""
    known = _SETS.get(name.partition(":")[0])
    if known is None or rest.keys() - {"shuffle_files", "data_dir", "download", "try_gcs", "read_config"}:
        return site.unknown(f"{site.text} reads {name!r}")
    element = _element(site, known, as_supervised)

    def one(part: str) -> Any:
        made = Pipeline(mapped(fresh, element), known[2].get(part))
        return made if batch_size is None else made.batch(site, batch_size)

    splits = {part: part for part in known[2]} if split is None else split
    made = [one(part) for part in splits] if isinstance(splits, list) else mapped(one, splits)
    return (made, _facts(site, known)) if with_info is True else made


def _facts(site: Site, known: _Known) -> Facts:
    shape, classes, splits, _ = known
    names: Unknown = site.unknown("the names of these classes are not known")
    label = Facts(num_classes=classes, names=names, shape=(), dtype="int64")
    first = Facts(shape=shape or (), dtype="uint8" if shape else "string")
    features = {"text" if shape is None else "image": first, "label": label}
    return Facts(features=features, splits={part: Facts(num_examples=rows) for part, rows in splits.items()})


@TABLE("tensorflow_datasets.as_numpy")
def as_numpy(site: Site, dataset: Any) -> Any:
    """The same elements, as arrays."""
    return dataset


@TABLE("tensorflow_datasets.disable_progress_bar", unknown=True)
def quiet(site: Site, *args: Any, **rest: Any) -> None:
    """Nothing that is followed."""
