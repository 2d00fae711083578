"""What Keras has for images: ``ImageDataGenerator``, images of files, and data sets of whole directories."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.pipelines import Pipeline, Walk
from convcalc.read.code.library.structures import Followed, as_array, dtype_name, fresh, inner, mapped, stacked, whole
from convcalc.read.code.values import Data, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
_IMAGE = "keras.preprocessing.image"
_CHANNELS = {"rgb": 3, "grayscale": 1, "rgba": 4}
_FILES = "the files of this directory are not read"


def _image(site: Site, size: Any, color: Any, data_format: Any = None) -> tuple[int, ...]:
    """The shape of an image of this size."""
    height, width = (whole(one) for one in size)
    if height is None or width is None:
        raise ValueError("the size of the images is not known")
    channels = _CHANNELS[color]
    first = (data_format or site.machine.session.format()) == "channels_first"
    return (channels, height, width) if first else (height, width, channels)


class Batches(Walk):
    """What goes through batches of images again and again."""

    def __init__(self, source: Pipeline, **attributes: Any) -> None:
        super().__init__(source)
        self.attributes.update(attributes)

    def part_of(self, site: Site, key: Any) -> Any:
        """``batches[number]``."""
        return self.source.element(site) if whole(key) == 0 else mapped(fresh, self.source.spec)

    def length(self, site: Site) -> Any:
        """The number of batches, as ``len()`` gives it."""
        samples, size = self.attributes.get("samples", self.attributes.get("n")), self.attributes["batch_size"]
        return math.ceil(samples / size) if isinstance(samples, int) else site.unknown(_FILES)

    def reset(self, site: Site) -> None:
        """Nothing that is followed."""


class Generator(Followed):
    """``ImageDataGenerator``."""

    open = frozenset({"fit", "flow_from_directory", "flow_from_dataframe"})

    def __init__(self, data_format: Any, split: Any) -> None:
        super().__init__()
        self.data_format = data_format
        self.split = split

    def method(self, name: str) -> Any:
        """The method that a script may call by this name, or None."""
        return None if name in ("data_format", "split") else super().method(name)

    def fit(self, site: Site, *args: Any, **rest: Any) -> None:
        """Nothing that changes a shape."""

    def flow(
        self, site: Site, x: Any, y: Any = None, batch_size: Any = 32, *args: Any, subset: Any = None, **rest: Any
    ) -> Any:
        """Batches of images of an array."""
        images, labels = as_array(site, x), as_array(site, y) if y is not None else None
        lost = unknown_in((images, labels))
        if lost or rest.get("sample_weight") is not None:
            return lost or site.unknown(f"{site.text} with sample_weight is not followed")
        images = Data(images.shape, "float32", cause=images.cause)
        rows = self._rows(images.shape[0], subset)
        source = Pipeline(inner(images if labels is None else (images, labels)), rows).batch(site, batch_size)
        return Batches(Pipeline(source.spec, None, source.first, ragged=source.ragged), n=rows, batch_size=batch_size)

    def _rows(self, rows: int | None, subset: Any) -> int | None:
        if subset is None or rows is None:
            return rows
        held = int(self.split * rows)
        return held if subset == "validation" else rows - held

    def flow_from_directory(
        self,
        site: Site,
        directory: Any = None,
        target_size: Any = (256, 256),
        color_mode: Any = "rgb",
        classes: Any = None,
        class_mode: Any = "categorical",
        batch_size: Any = 32,
        *args: Any,
        **rest: Any,
    ) -> Any:
        """Batches of images of files."""
        lost = unknown_in((target_size, color_mode, class_mode))
        if lost:
            return lost
        image = _image(site, target_size, color_mode, self.data_format)
        lost = unknown_in(batch_size) or site.unknown(_FILES)
        number = len(classes) if isinstance(classes, list | tuple) else None
        labels: dict[Any, tuple[int | None, ...] | None] = {
            "categorical": (number,), "binary": (), "sparse": (), "input": image, None: None
        }  # fmt: skip
        shape = labels[class_mode]
        images = Data((None, *image), "float32", cause=lost)
        batch = images if shape is None else (images, Data((None, *shape), "float32", cause=lost))
        known = {"image_shape": image, "batch_size": batch_size, "target_size": target_size, "class_mode": class_mode}
        open_ = dict.fromkeys(("samples", "n", "filenames", "filepaths", "classes", "class_indices", "labels"), lost)
        return Batches(Pipeline(batch, None, ragged=True), **known, **open_, num_classes=number or lost)

    def flow_from_dataframe(
        self, site: Site, dataframe: Any, directory: Any = None, x_col: Any = "filename", y_col: Any = "class",
        weight_col: Any = None, target_size: Any = (256, 256), color_mode: Any = "rgb", classes: Any = None,
        class_mode: Any = "categorical", batch_size: Any = 32, *args: Any, **rest: Any,
    ) -> Any:  # fmt: skip
        """Batches of images of files that a table names."""
        if class_mode not in ("categorical", "binary", "sparse", "input", None) or weight_col is not None:
            return site.unknown(f"{site.text} is not followed with these arguments")
        return self.flow_from_directory(site, directory, target_size, color_mode, classes, class_mode, batch_size)


@TABLE(f"{_IMAGE}.ImageDataGenerator", unknown=True)
def generator(site: Site, *args: Any, data_format: Any = None, validation_split: Any = 0.0, **rest: Any) -> Any:
    """An object that makes batches of images."""
    return unknown_in((data_format, validation_split)) or Generator(data_format, validation_split)


# Single images


class Picture(Followed):
    """An image of a file. ``size`` has the width first, as images of Pillow have it."""

    def __init__(self, size: tuple[int, int], channels: int) -> None:
        super().__init__()
        self.attributes.update(size=size, width=size[0], height=size[1], mode={1: "L", 3: "RGB", 4: "RGBA"}[channels])


@TABLE("keras.utils.load_img", f"{_IMAGE}.load_img", unknown=True)
def load_img(
    site: Site, path: Any, *, color_mode: Any = "rgb", target_size: Any = None, grayscale: Any = False, **rest: Any
) -> Any:
    """An image of a file, whose size is known where it is asked for."""
    lost = unknown_in((color_mode, target_size, grayscale))
    if lost or target_size is None:
        return lost or site.unknown(_named(site, path))
    height, width = target_size[:2]
    return Picture((width, height), _CHANNELS["grayscale" if grayscale else color_mode])


def _named(site: Site, path: Any) -> str:
    return f"{site.text} reads {path!r}" if isinstance(path, str) else f"{site.text} reads a file"


@TABLE("keras.utils.img_to_array", f"{_IMAGE}.img_to_array")
def img_to_array(site: Site, img: Any, data_format: Any = None, dtype: Any = None) -> Any:
    """An image as an array of the shape (height, width, channels)."""
    kind = "float32" if dtype is None else dtype_name(dtype)
    if isinstance(img, Picture):
        width, height = img.attributes["size"]
        color = {"L": "grayscale", "RGB": "rgb", "RGBA": "rgba"}[img.attributes["mode"]]
        return Data(_image(site, (height, width), color, data_format), kind)
    array = as_array(site, img)
    if not isinstance(array, Data) or len(array.shape) not in (2, 3):
        return array if isinstance(array, Unknown) else site.unknown(f"{site.text} is given no image")
    first = (data_format or site.machine.session.format()) == "channels_first"
    shape = array.shape if len(array.shape) == 3 else (1, *array.shape) if first else (*array.shape, 1)
    return Data(shape, kind, cause=array.cause)


@TABLE("keras.utils.save_img", f"{_IMAGE}.save_img", unknown=True)
def save_img(site: Site, *args: Any, **rest: Any) -> None:
    """Nothing that is followed."""


# Data sets of directories


def _labels(mode: Any, labels: Any, names: Any) -> tuple[tuple[int | None, ...], str] | None:
    """The shape and the type of the label of one element, or None where it has none."""
    if mode is None or labels is None:
        return None
    if mode == "int":
        return (), "int32"
    number = len(names) if isinstance(names, list | tuple) else None
    return {"categorical": (number,), "binary": (1,)}[mode], "float32"


def _directory(site: Site, part: Data, options: dict[str, Any]) -> Any:
    """A data set of the files of a directory, with its labels."""
    named = options.get("class_names")
    label = _labels(options["label_mode"], options["labels"], named)
    lost = site.unknown(_FILES)
    element = part if label is None else (part, Data(label[0], label[1], cause=lost))
    size = options["batch_size"]
    spec = element if size is None else stacked(None, element, lost)
    made = []
    for _ in range(2 if options["subset"] == "both" else 1):
        dataset = Pipeline(spec, None, ragged=True)
        dataset.attributes["class_names"] = named or lost
        made.append(dataset)
    return made if options["subset"] == "both" else made[0]


@TABLE(
    *(f"keras.{path}.image_dataset_from_directory" for path in ("utils", "preprocessing", "preprocessing.image")),
    unknown=True,
)
def images(
    site: Site, directory: Any, labels: Any = "inferred", label_mode: Any = "int", class_names: Any = None,
    color_mode: Any = "rgb", batch_size: Any = 32, image_size: Any = (256, 256), *args: Any,
    subset: Any = None, data_format: Any = None, format: Any = "tf", **rest: Any,
) -> Any:  # fmt: skip
    """A data set of the images of a directory."""
    known = {"labels": labels, "label_mode": label_mode, "batch_size": batch_size, "subset": subset}
    lost = unknown_in((*known.values(), color_mode, image_size, data_format))
    if lost or format != "tf":
        return lost or site.unknown(f"{site.text} with format={format!r} is not followed")
    image = Data(_image(site, image_size, color_mode, data_format), "float32")
    return _directory(site, image, {**known, "class_names": class_names})


@TABLE(
    *(f"keras.{path}.text_dataset_from_directory" for path in ("utils", "preprocessing", "preprocessing.text")),
    unknown=True,
)
def texts(
    site: Site, directory: Any, labels: Any = "inferred", label_mode: Any = "int", class_names: Any = None,
    batch_size: Any = 32, *args: Any, subset: Any = None, format: Any = "tf", **rest: Any,
) -> Any:  # fmt: skip
    """A data set of the texts of a directory."""
    known = {"labels": labels, "label_mode": label_mode, "batch_size": batch_size, "subset": subset}
    lost = unknown_in(tuple(known.values()))
    if lost or format != "tf":
        return lost or site.unknown(f"{site.text} with format={format!r} is not followed")
    return _directory(site, Data((), "string"), {**known, "class_names": class_names})
