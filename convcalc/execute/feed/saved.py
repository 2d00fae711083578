"""Weights in Keras's files, matched as Keras does it: by a layer's place in the model, not by its name.

``.keras`` and ``.weights.h5`` have a group for every layer; its name is the layer's class, and its number in the model
around. The older ``.h5`` has a group for every layer of the outermost model; the group of a nested model has the
weights of all its layers, trainable weights first.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.declare.naming import snake_case
from convcalc.declare.weight import Weight
from convcalc.errors import RunError
from convcalc.execute.feed.stored import Stored, unreadable
from convcalc.execute.plan import memory
from convcalc.execute.plan.steps import Step
from convcalc.files import archive
from convcalc.lazy import np

SUFFIXES = (".keras", ".h5", ".hdf5")
# The path of a weight of a layer, or of a part of a layer. Other datasets, such as a generator's state, are no weights.
_VARIABLE = re.compile(
    r"(layers/[^/]+(?:/layers/[^/]+)*)(?:/(?:cell|cells/\w+|layer|forward_layer|backward_layer|_?\w+_dense))*/vars/\d+"
)

Pair = tuple[Step, Weight, Stored]


def saved_weights(path: str, steps: Sequence[Step], *, force: bool) -> Iterator[Pair]:
    """Every weight of the steps, with the array that the file has for it; shapes are not checked.

    `RunError` names a layer for which the file has too few or too many weights; `ReadError` for other files.
    """
    try:
        file = _open(path, force)  # h5py closes the file with its last array
        root = file.get("model_weights", file)
        by_slot = "layer_names" not in root.attrs and "layer_names0" not in root.attrs
        yield from _by_slot(path, root, steps) if by_slot else _by_order(path, root, steps)
    except OSError as error:
        raise unreadable(path, error) from None
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:  # h5py's, for damaged files
        raise RunError(f"{path} has no weights as Keras lays them out", code="bad-array", why=str(error)) from None


def _open(path: str, force: bool) -> Any:
    if not path.lower().endswith(".keras"):
        return archive.hdf5(path)
    size = archive.size(path, archive.WEIGHTS)
    memory.require(size, f"reading {path}", f"{archive.WEIGHTS} in it has {memory.show(size)}", force=force)
    return archive.hdf5(path, io.BytesIO(archive.member(path, archive.WEIGHTS, size)))


def _by_slot(path: str, root: Any, steps: Sequence[Step]) -> Iterator[Pair]:
    """The weights and arrays of a file in the format ``layers/<slot>/vars/<number>``."""
    slots = list(slots_of(steps))
    for step, slot in zip(steps, slots, strict=True):
        wanted = step.inferred.weights
        found = _variables(root.get(slot), wanted)
        _check_count(path, step.where, len(wanted), len(found), slot)
        for weight, dataset in zip(wanted, found, strict=True):
            yield step, weight, _stored(path, root, dataset)
    _refuse_others(path, root, slots)


def _variables(group: Any, wanted: Sequence[Weight]) -> list[Any]:
    """A layer's datasets in the order of its weights; a weight's path names its part of the layer.

    A wrapper's group also repeats the weights of the layer inside, before the wrapper's own.
    """
    parts = Counter(weight.path.rpartition("/")[0] for weight in wanted)
    found = {part: _datasets(_part(group, part)) for part in parts or [""]}
    for part, count in parts.items():
        if any(other != part and f"{other}/".startswith(f"{part}/" if part else "") for other in parts):
            found[part] = found[part][-count:]
    if any(len(datasets) != parts[part] for part, datasets in found.items()):
        return [dataset for datasets in found.values() for dataset in datasets]  # too few or too many: refused later
    queues = {part: iter(datasets) for part, datasets in found.items()}
    return [next(queues[weight.path.rpartition("/")[0]]) for weight in wanted]


def _part(group: Any, path: str) -> Any:
    """The group of a part of a layer: ``forward_layer``; ``query_dense`` or ``_query_dense`` for ``query``."""
    for name in filter(None, path.split("/")):
        group = _cell_group(group)
        dense = f"{'output' if name == 'attention_output' else name}_dense"
        group = None if group is None else next((group[n] for n in (name, dense, f"_{dense}") if n in group), None)
    return group


def _datasets(group: Any) -> list[Any]:
    """The datasets of one part of a layer, in the order of their numbers."""
    group = _cell_group(group)
    variables = None if group is None else group.get("vars")
    # Weights have numbers as names; a lookup layer's vocabulary has another name, and is an argument.
    return [] if variables is None else [variables[name] for name in sorted(filter(str.isdecimal, variables), key=int)]


def _cell_group(group: Any) -> Any:
    """The group of the cell for a recurrent layer, whose weights belong to the cell; other groups as they are."""
    return group["cell"] if group is not None and "cell" in group else group


def _refuse_others(path: str, root: Any, slots: list[str]) -> None:
    """`RunError` for a file with weights of layers that the model does not have."""
    groups: list[str] = []
    root.visit(groups.append)
    for name in sorted({found[1] for found in map(_VARIABLE.fullmatch, groups) if found} - set(slots)):
        message = f"{path} has weights in {name}, and the model has no such layer"
        raise RunError(message, code="wrong-weights", why=f"the model's are in {', '.join(slots[:10])}")


def slots_of(steps: Sequence[Step]) -> Iterator[str]:
    """The path of each step's layer in a file: its class in snake case, numbered, behind the path of its container."""
    counts: dict[str, int] = {}
    containers = {"": ""}
    for step in steps:
        above = ""
        for kind, part in zip(step.containers, step.name.split("/"), strict=False):
            path = f"{above}/{part}"
            if path not in containers:
                containers[path] = _slot(containers[above], snake_case(kind), counts)
            above = path
        yield _slot(containers[above], snake_case(step.node.kind), counts)


def _slot(container: str, base: str, counts: dict[str, int]) -> str:
    whole = f"{container}/layers/{base}" if container else f"layers/{base}"
    count = counts[whole] = counts.get(whole, -1) + 1
    return f"{whole}_{count}" if count else whole


def _by_order(path: str, root: Any, steps: Sequence[Step]) -> Iterator[Pair]:
    """The weights and arrays of a file in the older format: lists of the layers' names, and of their weights' names."""
    wanted: dict[str, list[tuple[Step, Weight]]] = {}
    for step in steps:
        if step.inferred.weights:
            wanted.setdefault(step.name.partition("/")[0], []).extend(
                (step, weight) for weight in step.inferred.weights
            )
    groups = [(name, root[name]) for name in archive.texts(root, "layer_names")]
    found = [(name, group, names) for name, group in groups if (names := archive.texts(group, "weight_names"))]
    if len(found) != len(wanted):
        have = ", ".join(name for name, _, _ in found[:10]) or "none"
        message = f"{path} has weights for {len(found)} layers, and the model has {len(wanted)} layers with weights"
        raise RunError(message, code="wrong-weights", why=f"the file's are {have}")
    for pairs, (name, group, names) in zip(wanted.values(), found, strict=True):
        _check_count(path, pairs[0][0].where, len(pairs), len(names), name)
        ordered = [pair for pair in pairs if pair[1].trainable] + [pair for pair in pairs if not pair[1].trainable]
        for (step, weight), saved in zip(ordered, names, strict=True):
            _check_name(path, step, weight, saved)
            yield step, weight, _stored(path, root, group[saved])


def _check_name(path: str, step: Step, weight: Weight, saved: str) -> None:
    """`RunError` for a saved weight whose name is not the name of the model's weight."""
    if saved.rpartition("/")[2].partition(":")[0] != weight.name.rpartition("/")[2]:
        raise RunError(
            f"{path} has {saved} where the model has {weight.name} of {step.name}",
            code="wrong-weights",
            layer=step.where,
            help="the same layers must be trainable as in the model that was saved",
        )


def _check_count(path: str, where: str, wanted: int, found: int, at: str) -> None:
    if wanted != found:
        raise RunError(
            f"{path} has {found} weights in {at}, and the layer has {wanted}", code="wrong-weights", layer=where
        )


def _stored(path: str, root: Any, dataset: Any) -> Stored:
    """An array of the file; `RunError` for a dataset that refers to another file, or is not of numbers."""
    what = f"{dataset.name.lstrip('/')} in {path}"
    if dataset.file.id != root.file.id or getattr(dataset, "external", None) or getattr(dataset, "is_virtual", False):
        raise RunError(f"{what} lies in another file", code="bad-array", help="save the model with its weights inside")
    if not hasattr(dataset, "dtype") or dataset.dtype.kind not in "biuf":
        raise RunError(f"{what} is not an array of numbers", code="bad-array")
    return Stored(what, dataset.shape, dataset.dtype, lambda: np.asarray(dataset[()]))
