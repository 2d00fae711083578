"""What came out of a run: outputs, kept activations, and how each layer did."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from convcalc.errors import NotKeptError, RunError, did_you_mean, one_of
from convcalc.execute.plan.steps import Step
from convcalc.execute.statistics import dtype_of, is_finite, statistics
from convcalc.files.whole import writing
from convcalc.lazy import Array, np
from convcalc.summary.figures import SCHEMA

_Statistics = tuple[float, float, float, float]


class LayerTrace:
    """One layer's output in numbers, and its time in seconds.

    Minimum, maximum, mean and standard deviation are None unless statistics were asked for. A layer computed
    together with the next has no time of its own: 0, and the next has the time of both.
    """

    __slots__ = ("class_name", "dtype", "max", "mean", "min", "name", "output_shape", "seconds", "std")

    def __init__(
        self, name: str, class_name: str, shape: tuple[int, ...], dtype: str, seconds: float, found: _Statistics | None
    ) -> None:
        self.name = name
        self.class_name = class_name
        self.output_shape = shape
        self.dtype = dtype
        self.seconds = seconds
        self.min: float | None
        self.max: float | None
        self.mean: float | None
        self.std: float | None
        self.min, self.max, self.mean, self.std = found or (None, None, None, None)

    def to_dict(self) -> dict[str, Any]:
        """The fields as the JSON contract has them; a NaN or an infinity is null."""
        numbers = {name: _finite_or_none(getattr(self, name)) for name in ("min", "max", "mean", "std")}
        return {
            "name": self.name,
            "class_name": self.class_name,
            "output_shape": self.output_shape,
            "dtype": self.dtype,
            **numbers,
            "seconds": self.seconds,
        }

    @property
    def finite(self) -> bool:
        """Whether its statistics, as far as they are known, are all finite."""
        return all(value is None or np.isfinite(value) for value in (self.min, self.max, self.mean, self.std))


class Trace:
    """The result of a run.

    ``outputs`` and ``inputs`` are lists of arrays, ``activations`` and ``weights`` the kept ones by name
    (``layer`` and ``layer/weight``), ``layers`` one `LayerTrace` each, ``memory`` the bytes that were planned for the
    peak. ``trace["conv1d"]`` is a kept activation.
    """

    __slots__ = (
        "activations",
        "inputs",
        "layers",
        "memory",
        "name",
        "output_names",
        "outputs",
        "seed",
        "sources",
        "weights",
    )

    def __init__(self, name: str, seed: int, sources: tuple[str, str]) -> None:
        self.name = name
        self.seed = seed
        self.sources = sources  # what the input and the weights were asked for as
        self.memory = 0
        self.inputs: list[Array] = []
        self.outputs: list[Array] = []
        self.output_names: list[str] = []
        self.activations: dict[str, Array] = {}
        self.weights: dict[str, Array] = {}
        self.layers: list[LayerTrace] = []

    def add(self, steps: Sequence[Step], y: Array, seconds: float, *, with_statistics: bool) -> None:
        """Layers that were computed together: ``y`` is the last one's output, and its time that of all."""
        *within, last = steps
        for step in within:
            shape = tuple(dim or 0 for dim in step.node.outputs[0])
            self.layers.append(LayerTrace(step.name, step.node.kind, shape, step.dtype, 0.0, None))
        found = statistics(y) if with_statistics else None
        self.layers.append(LayerTrace(last.name, last.node.kind, y.shape, dtype_of(y), seconds, found))

    def __getitem__(self, name: str) -> Array:
        if name in self.activations:
            return self.activations[name]
        kept = f"kept are {one_of(self.activations)}" if self.activations else "nothing was kept"
        raise NotKeptError(
            f"no activation called {name!r} was kept",
            code="not-kept",
            why=kept,
            help=did_you_mean(name, self.activations) or f"run with keep=[{name!r}], or with keep_all=True",
        )

    @property
    def finite(self) -> bool:
        """Whether `to_dict` loses nothing: no NaN and no infinity in outputs, activations, weights, statistics."""
        arrays = [*self.outputs, *self.activations.values(), *self.weights.values()]
        return all(bool(is_finite(array).all()) for array in arrays) and all(layer.finite for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """The trace as the JSON contract has it, with what was kept beside it; NaN and infinities are null."""
        outputs = zip(self.output_names, self.outputs, strict=True)
        whole = {
            "schema": SCHEMA,
            "name": self.name,
            "input": self.sources[0],
            "weights": self.sources[1],
            "seed": self.seed,
            "memory": self.memory,
            "layers": [layer.to_dict() for layer in self.layers],
            "outputs": _listed("layer", outputs),
        }
        kept = {
            "activations": _listed("layer", self.activations.items()),
            "weight_values": _listed("weight", self.weights.items()),
        }
        return whole | {name: rows for name, rows in kept.items() if rows}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a file, whole or not at all.

        ``.npy``: the one output. ``.npz``: outputs and kept activations by their layers' names.
        ``.json``: `to_dict`. `ConvcalcError` for another ending and where the file cannot be written.
        """
        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if suffix not in _WRITERS:
            message = f"{os.fspath(path)} does not say its format"
            raise RunError(message, code="unknown-format", help=f"end the name in {one_of(_WRITERS)}")
        if suffix == ".npy" and len(self.outputs) != 1:
            message = f"a .npy file holds one array, and there are {len(self.outputs)} outputs"
            raise RunError(message, code="unknown-format", help="write a .npz file")
        with writing(path) as file:
            _WRITERS[suffix](self, file)


def _write_npy(trace: Trace, file: IO[bytes]) -> None:
    np.lib.format.write_array(file, trace.outputs[0], allow_pickle=False)


def _write_npz(trace: Trace, file: IO[bytes]) -> None:
    outputs = dict(zip(trace.output_names, trace.outputs, strict=True))
    write_npz(file, {**trace.activations, **outputs})


def write_npz(file: IO[bytes], arrays: Mapping[str, Array]) -> None:
    """Arrays by name, as ``numpy.savez`` writes them; but any name will do (``file`` is one of its arguments)."""
    import zipfile

    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _write_json(trace: Trace, file: IO[bytes]) -> None:
    file.write(json.dumps(trace.to_dict(), allow_nan=False).encode() + b"\n")


_WRITERS = {".npy": _write_npy, ".npz": _write_npz, ".json": _write_json}


def _listed(what: str, arrays: Iterable[tuple[str, Array]]) -> list[dict[str, Any]]:
    """Arrays as JSON has them, each under its name."""
    return [{what: n, "shape": a.shape, "dtype": dtype_of(a), "values": _values(a)} for n, a in arrays]


def _values(array: Array) -> Any:
    """Nested lists of numbers; None for a NaN or an infinity."""
    kept = is_finite(array)
    if kept.all():
        return array.tolist()
    plain = array.astype(object)
    plain[~kept] = None
    return plain.tolist()


def _finite_or_none(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
