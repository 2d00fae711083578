"""What makes data sets of ``tf.data``: arrays, files, functions of the script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.read.code.library import Table
from convcalc.read.code.library.pipelines import Pipeline, joined, zipped
from convcalc.read.code.library.structures import arrays_of, as_array, dtype_name, fresh, inner, mapped, whole
from convcalc.read.code.values import Data, Unknown, unknown_in

if TYPE_CHECKING:
    from convcalc.read.code.site import Site

TABLE = Table()
TABLE.constants["tensorflow.data.AUTOTUNE"] = -1
TABLE.constants["tensorflow.data.experimental.AUTOTUNE"] = -1
_D = "tensorflow.data.Dataset"


def _tensors(site: Site, value: Any) -> Any:
    """The structure of tensors that TensorFlow makes of a structure of arrays and lists."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        return {key: _tensors(site, part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_tensors(site, part) for part in value)
    return as_array(site, value, "int32", "float32")


@TABLE(f"{_D}.from_tensor_slices", unknown=True)
def slices(site: Site, tensors: Any, name: Any = None) -> Any:
    """A data set of the members of arrays along their first axis."""
    structure = _tensors(site, tensors)
    known = arrays_of(structure)
    if isinstance(structure, Unknown) or not known:
        return (
            structure if isinstance(structure, Unknown) else unknown_in(structure) or site.unknown("no data is given")
        )
    counts = {one.shape[0] for one in known if one.shape and one.shape[0] is not None}
    if len(counts) > 1:
        return site.unknown(f"{site.text} is given arrays of different lengths")
    return Pipeline(inner(structure), counts.pop() if counts else None)


@TABLE(f"{_D}.from_tensors", unknown=True)
def single(site: Site, tensors: Any, name: Any = None) -> Any:
    """A data set with one element."""
    structure = _tensors(site, tensors)
    return structure if isinstance(structure, Unknown) else Pipeline(mapped(fresh, structure), 1)


@TABLE(f"{_D}.range")
def numbers(site: Site, *ends: Any, output_type: Any = "int64", name: Any = None) -> Any:
    """A data set of whole numbers."""
    known = [whole(one) for one in ends]
    count = None if None in known else len(range(*(one for one in known if one is not None)))
    return Pipeline(Data((), dtype_name(output_type)), count)


@TABLE(f"{_D}.zip")
def zip_(site: Site, *args: Any, datasets: Any = None, name: Any = None) -> Any:
    """A data set that goes through several at once."""
    given = datasets if datasets is not None else args[0] if len(args) == 1 else args
    return zipped(site, given)


@TABLE(f"{_D}.list_files", "tensorflow.data.TFRecordDataset", "tensorflow.data.TextLineDataset", unknown=True)
def texts(site: Site, *args: Any, **rest: Any) -> Any:
    """A data set of file names, of records or of lines: pieces of text."""
    return Pipeline(Data((), "string"), None)


@TABLE(f"{_D}.sample_from_datasets", "tensorflow.data.experimental.sample_from_datasets")
def sampled(site: Site, datasets: Any, *args: Any, **rest: Any) -> Any:
    """A data set of elements of several."""
    made = joined(site, datasets)
    return made.with_count(None) if isinstance(made, Pipeline) else made


TABLE(f"{_D}.choose_from_datasets", "tensorflow.data.experimental.choose_from_datasets")(sampled)


@TABLE("tensorflow.data.experimental.cardinality")
def cardinality(site: Site, dataset: Any) -> Any:
    """The number of elements."""
    return dataset.cardinality(site)


@TABLE("tensorflow.data.Options", unknown=True)
def options(site: Site, *args: Any, **rest: Any) -> Any:
    """Options, which change no element."""
    return site.inert()


@TABLE("tensorflow.TensorSpec")
def spec(site: Site, shape: Any, dtype: Any = "float32", name: Any = None) -> Any:
    """The form of a tensor: an array that stands for it."""
    if shape is None:
        return site.unknown(f"{site.text} is given no shape")
    return Data(tuple(whole(size) for size in shape), dtype_name(dtype))


@TABLE(f"{_D}.from_generator", unknown=True)
def generated(
    site: Site,
    generator: Any,
    output_types: Any = None,
    output_shapes: Any = None,
    args: Any = None,
    output_signature: Any = None,
    **rest: Any,
) -> Any:
    """A data set of what a function of the script yields: of the form that the script gives."""
    if output_signature is not None:
        structure = tuple(output_signature) if isinstance(output_signature, list) else output_signature
    else:
        structure = _given(site, output_types, output_shapes)
    return structure if isinstance(structure, Unknown) else Pipeline(mapped(fresh, structure), None)


def _given(site: Site, types: Any, shapes: Any) -> Any:
    if isinstance(types, dict):
        return {key: _given(site, kind, shapes and shapes[key]) for key, kind in types.items()}
    if isinstance(types, tuple | list):
        parts = shapes if shapes is not None else [None] * len(types)
        return tuple(_given(site, kind, shape) for kind, shape in zip(types, parts, strict=True))
    if shapes is None or isinstance(shapes, Unknown):
        return shapes or site.unknown(f"{site.text} is not given the shapes of the elements")
    cause = site.unknown(f"{site.text} leaves this size open")
    return Data(tuple(whole(size) for size in shapes), dtype_name(types), cause=cause)


@TABLE(
    *(
        f"keras.{path}.timeseries_dataset_from_array"
        for path in ("utils", "preprocessing", "preprocessing.timeseries", "preprocessing.sequence")
    )
)
def series(
    site: Site, data: Any, targets: Any, sequence_length: Any, sequence_stride: Any = 1, sampling_rate: Any = 1,
    batch_size: Any = 128, shuffle: Any = False, seed: Any = None, start_index: Any = None, end_index: Any = None,
) -> Any:  # fmt: skip
    """A data set of windows of an array."""
    rows = as_array(site, data)
    aims = None if targets is None else as_array(site, targets)
    lost = unknown_in((rows, aims))
    if lost or not rows.shape:
        return lost or site.unknown(f"{site.text} is given no rows")
    end = rows.shape[0] if end_index is None else end_index
    known: list[Any] = [end] if aims is None else [end, aims.shape[0]]
    count = None
    if None not in known:
        known[0] = end - (start_index or 0) - (sequence_length - 1) * sampling_rate
        count = len(range(0, min(known), sequence_stride))
    made = _windows(site, rows, aims, sequence_length, count)
    return made if batch_size is None else made.batch(site, batch_size)


def _windows(site: Site, rows: Data, aims: Data | None, length: int, count: int | None) -> Pipeline:
    """The windows one by one. TensorFlow knows their length only when it makes them."""

    def of(size: int | None) -> Any:
        lost = site.unknown("the length of these windows is known only when they are made")
        window = Data((size, *rows.shape[1:]), rows.dtype, cause=rows.cause if size else lost)
        return window if aims is None else (window, inner(aims))

    return Pipeline(of(None), count, lambda place: of(length))
