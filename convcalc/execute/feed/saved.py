"""Weights in Keras's files, matched as Keras lays them out: by place in the model, not by the layers' names.

``.keras`` and ``.weights.h5`` have a group for every layer, called after its class and numbered within its
container; the ``.h5`` of Keras 2, and Keras 3's older format, have one for every layer of the model itself, in which
a nested model's weights stand together, those that are trained first.
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
# A layer's weight, or that of a part of it; what lies elsewhere, such as the state of a random generator, is none.
_VARIABLE = re.compile(
    r"(layers/[^/]+(?:/layers/[^/]+)*)(?:/(?:cell|cells/\w+|layer|forward_layer|backward_layer|_?\w+_dense))*/vars/\d+"
)

Pair = tuple[Step, Weight, Stored]


def saved(path: str, steps: Sequence[Step], *, force: bool) -> Iterator[Pair]:
    """Every weight of the steps with what the file has for it, whatever its shape.

    `RunError` names the layer where the file has none, or too many; `ReadError` for what is no Keras file.
    """
    try:
        file = _opened(path, force)  # it closes with the last of its arrays
        root = file.get("model_weights", file)
        by_slot = "layer_names" not in root.attrs and "layer_names0" not in root.attrs
        yield from _by_slot(path, root, steps) if by_slot else _by_order(path, root, steps)
    except OSError as error:
        raise unreadable(path, error) from None
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:  # h5py's, for damaged files
        raise RunError(f"{path} has no weights as Keras lays them out", code="bad-array", why=str(error)) from None


def _opened(path: str, force: bool) -> Any:
    if not path.lower().endswith(".keras"):
        return archive.hdf5(path)
    size = archive.size(path, archive.WEIGHTS)
    memory.require(size, f"reading {path}", f"{archive.WEIGHTS} in it has {memory.show(size)}", force=force)
    return archive.hdf5(path, io.BytesIO(archive.member(path, archive.WEIGHTS, size)))


def _by_slot(path: str, root: Any, steps: Sequence[Step]) -> Iterator[Pair]:
    """The pairs of the format that has ``layers/<slot>/vars/<number>``."""
    slots = list(slots_of(steps))
    for step, slot in zip(steps, slots, strict=True):
        wanted = step.inferred.weights
        found = _variables(root.get(slot), wanted)
        _count(path, step.where, len(wanted), len(found), slot)
        for weight, dataset in zip(wanted, found, strict=True):
            yield step, weight, _stored(path, root, dataset)
    _refuse_others(path, root, slots)


def _variables(group: Any, wanted: Sequence[Weight]) -> list[Any]:
    """A layer's datasets in the order of its weights, which say by their paths which part of it they are in.

    A wrapper's own come behind those that it shares with its layer, which are there once more.
    """
    parts = Counter(weight.path.rpartition("/")[0] for weight in wanted)
    found = {part: _own(_part(group, part)) for part in parts or [""]}
    for part, count in parts.items():
        if any(other != part and f"{other}/".startswith(f"{part}/" if part else "") for other in parts):
            found[part] = found[part][-count:]
    if any(len(own) != parts[part] for part, own in found.items()):
        return [dataset for own in found.values() for dataset in own]  # of which there are too few or too many
    queues = {part: iter(own) for part, own in found.items()}
    return [next(queues[weight.path.rpartition("/")[0]]) for weight in wanted]


def _part(group: Any, path: str) -> Any:
    """The group of a part: ``forward_layer``; ``query_dense`` or ``_query_dense`` for ``query``."""
    for name in filter(None, path.split("/")):
        group = _cell(group)
        dense = f"{'output' if name == 'attention_output' else name}_dense"
        group = None if group is None else next((group[n] for n in (name, dense, f"_{dense}") if n in group), None)
    return group


def _own(group: Any) -> list[Any]:
    """The datasets of one part, by number."""
    group = _cell(group)
    own = None if group is None else group.get("vars")
    # Weights have numbers; a lookup's weights of words have a name, and are arguments too.
    return [] if own is None else [own[name] for name in sorted(filter(str.isdecimal, own), key=int)]


def _cell(group: Any) -> Any:
    """The cell's group of a recurrent layer, whose weights are the cell's."""
    return group["cell"] if group is not None and "cell" in group else group


def _refuse_others(path: str, root: Any, slots: list[str]) -> None:
    """Refuses a file that has weights for layers that the model has not."""
    groups: list[str] = []
    root.visit(groups.append)
    for name in sorted({found[1] for found in map(_VARIABLE.fullmatch, groups) if found} - set(slots)):
        message = f"{path} has weights in {name}, and the model has no such layer"
        raise RunError(message, code="wrong-weights", why=f"the model's are in {', '.join(slots[:10])}")


def slots_of(steps: Sequence[Step]) -> Iterator[str]:
    """Where each step's layer lies: its class in snake case, numbered in its container, and so for the containers."""
    counts: dict[str, int] = {}
    containers = {"": ""}
    for step in steps:
        above = ""
        for kind, part in zip(step.within, step.name.split("/"), strict=False):
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
    """The pairs of the format that has the layers' names in order, and their weights' names."""
    wanted: dict[str, list[tuple[Step, Weight]]] = {}
    for step in steps:
        if step.inferred.weights:
            wanted.setdefault(step.name.partition("/")[0], []).extend((step, one) for one in step.inferred.weights)
    groups = [(name, root[name]) for name in archive.texts(root, "layer_names")]
    found = [(name, group, names) for name, group in groups if (names := archive.texts(group, "weight_names"))]
    if len(found) != len(wanted):
        have = ", ".join(name for name, _, _ in found[:10]) or "none"
        message = f"{path} has weights for {len(found)} layers, and the model has {len(wanted)} layers with weights"
        raise RunError(message, code="wrong-weights", why=f"the file's are {have}")
    for pairs, (name, group, names) in zip(wanted.values(), found, strict=True):
        _count(path, pairs[0][0].where, len(pairs), len(names), name)
        ordered = [pair for pair in pairs if pair[1].trainable] + [pair for pair in pairs if not pair[1].trainable]
        for (step, weight), own in zip(ordered, names, strict=True):
            _same_name(path, step, weight, own)
            yield step, weight, _stored(path, root, group[own])


def _same_name(path: str, step: Step, weight: Weight, own: str) -> None:
    """Refuses a file whose weights of a layer are others, though as many."""
    if own.rpartition("/")[2].partition(":")[0] != weight.name.rpartition("/")[2]:
        raise RunError(
            f"{path} has {own} where the model has {weight.name} of {step.name}",
            code="wrong-weights",
            layer=step.where,
            help="the layers that are trainable must be those of the model that was saved",
        )


def _count(path: str, where: str, wanted: int, found: int, at: str) -> None:
    if wanted != found:
        raise RunError(
            f"{path} has {found} weights in {at}, and the layer has {wanted}", code="wrong-weights", layer=where
        )


def _stored(path: str, root: Any, dataset: Any) -> Stored:
    """A dataset of the file's own, its values read at once: they are as many as the file has bytes for."""
    what = f"{dataset.name.lstrip('/')} in {path}"
    if dataset.file.id != root.file.id or getattr(dataset, "external", None) or getattr(dataset, "is_virtual", False):
        raise RunError(f"{what} lies in another file", code="bad-array", help="save the model with its weights inside")
    if not hasattr(dataset, "dtype") or dataset.dtype.kind not in "biuf":
        raise RunError(f"{what} is not an array of numbers", code="bad-array")
    return Stored(what, dataset.shape, dataset.dtype, lambda: np.asarray(dataset[()]))
