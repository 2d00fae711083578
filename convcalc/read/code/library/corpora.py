"""``keras.datasets``: the arrays that its data sets have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.values import Data

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_K = "keras.datasets"


@TABLE(f"{_K}.mnist.load_data", f"{_K}.fashion_mnist.load_data")
def mnist(site: Site, path: Any = None) -> Any:
    """60,000 and 10,000 images of 28 × 28 pixels, with 10 labels."""
    return tuple((Data((n, 28, 28), "uint8"), Data((n,), "uint8", labels=10)) for n in (60000, 10000))


@TABLE(f"{_K}.cifar10.load_data")
def cifar10(site: Site) -> Any:
    """50,000 and 10,000 images of 32 × 32 pixels in color, with 10 labels."""
    return _cifar(site, 10)


@TABLE(f"{_K}.cifar100.load_data")
def cifar100(site: Site, label_mode: Any = "fine") -> Any:
    """50,000 and 10,000 images of 32 × 32 pixels in color, with 100 labels, or with 20."""
    labels = {"fine": 100, "coarse": 20}.get(label_mode)
    return _cifar(site, labels) if labels else site.unknown(f"label_mode={label_mode!r} is not one of fine and coarse")


def _cifar(site: Site, labels: int) -> Any:
    last = site.machine.session.format() == "channels_last"
    image = (32, 32, 3) if last else (3, 32, 32)
    return tuple((Data((n, *image), "uint8"), Data((n, 1), "uint8", labels=labels)) for n in (50000, 10000))


@TABLE(f"{_K}.boston_housing.load_data")
def boston(site: Site, path: Any = None, test_split: float = 0.2, seed: Any = 113) -> Any:
    """506 rows of 13 numbers, in two parts."""
    return _split((506, 13), test_split, "float64")


@TABLE(f"{_K}.california_housing.load_data")
def california(site: Site, version: Any = "large", path: Any = None, test_split: float = 0.2, seed: Any = 113) -> Any:
    """20,640 rows of 8 numbers, or 600 of them, in two parts."""
    rows = {"large": 20640, "small": 600}.get(version)
    if rows is None:
        return site.unknown(f"version={version!r} is not one of small and large")
    return _split((rows, 8), test_split, "float32")


def _split(shape: tuple[int, int], test_split: float, dtype: str) -> Any:
    train = int(shape[0] * (1 - test_split))
    return tuple((Data((n, shape[1]), dtype), Data((n,), dtype)) for n in (train, shape[0] - train))


@TABLE(f"{_K}.imdb.load_data")
def imdb(site: Site, path: Any = None, num_words: Any = None, *args: Any, maxlen: Any = None, **rest: Any) -> Any:
    """25,000 and 25,000 texts as lists of numbers, with 2 labels; fewer texts with ``maxlen``."""
    skipped = len(args) > 1 and args[1] is not None
    rows = (25000, 25000) if maxlen is None and not skipped else (None, None)
    return _texts(site, rows, 2)


@TABLE(f"{_K}.reuters.load_data")
def reuters(
    site: Site,
    path: Any = None,
    num_words: Any = None,
    skip_top: Any = 0,
    maxlen: Any = None,
    test_split: float = 0.2,
    **rest: Any,
) -> Any:
    """11,228 texts as lists of numbers in two parts, with 46 labels; fewer texts with ``maxlen``."""
    train = int(11228 * (1 - test_split))
    return _texts(site, (train, 11228 - train) if maxlen is None else (None, None), 46)


def _texts(site: Site, rows: tuple[int | None, int | None], labels: int) -> Any:
    cause = site.unknown("the number of texts up to this length is not known") if None in rows else None
    known = None if cause else labels
    return tuple((Data((n,), "object", cause=cause), Data((n,), "int64", labels=known, cause=cause)) for n in rows)


@TABLE(f"{_K}.imdb.get_word_index", f"{_K}.reuters.get_word_index")
def words(site: Site, path: Any = None) -> Any:
    """The numbers of all words, which are in a file."""
    return site.unknown(f"{site.text} reads a file")


@TABLE(f"{_K}.reuters.get_label_names")
def topics(site: Site) -> Any:
    """The names of the 46 topics."""
    return site.unknown(f"{site.text} gives names that are not known here")
