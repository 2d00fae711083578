"""A stack as its peers can build it: a list of plain operations and their arrays, in a folder.

``network.json`` has the operations in order, each a dict with ``op``, ``out``, ``inputs``, ``over`` (tensors that
nobody needs afterwards) and what its kind takes; ``arrays.npz`` their arrays, ``weights.npz`` the stack's own
weights by name and ``x.npy`` an input. Batch normalisation is folded into the convolution before it, and padding into
the window behind it, as a peer's user would do: the peers are to be at their best.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import convcalc
from convcalc.compute.linear import ByChannel, Convolution, Linear, Matrix
from convcalc.execute.feed.weights import key
from convcalc.execute.plan.groups import Group, grouped
from convcalc.execute.plan.steps import Plan, Step


def write(model: str, batch: int, folder: Path) -> None:
    """Writes the folder for a model, a file or a text, and random weights."""
    stack = convcalc.load(model)
    (source,) = stack.inputs
    shape = (batch, *source.shape[1:])
    rng = np.random.default_rng(0)
    plan = Plan(stack, [shape], 0)
    weights = {step: [_drawn(rng, w.name, w.shape) for w in step.inferred.weights] for step in plan.steps}
    named = {key(s, w): a for s, given in weights.items() for w, a in zip(s.inferred.weights, given, strict=True)}
    folder.mkdir()
    (folder / "model.txt").write_text(str(model))
    np.savez(folder / "weights.npz", **named)
    np.save(folder / "x.npy", rng.standard_normal(shape, np.float32))
    arrays: dict[str, Any] = {}
    ops = _padded_pools(list(_ops(plan, weights, arrays)))
    _mark_last(ops)
    np.savez(folder / "arrays.npz", **arrays)
    (folder / "network.json").write_text(json.dumps(ops))


def _drawn(rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> Any:
    """Values that keep a deep network's outputs of one size."""
    if len(shape) > 1:
        fan_in = np.prod(shape[:-1]) if "depthwise" not in name else np.prod(shape[:2])
        return rng.standard_normal(shape, np.float32) * np.float32(np.sqrt(1.5 / fan_in))
    low, high = (0.6, 1.0) if name in ("gamma", "moving_variance") else (-0.1, 0.1)
    return rng.uniform(low, high, shape).astype(np.float32)


def _ops(plan: Plan, weights: dict[Step, list[Any]], arrays: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = dict.fromkeys(plan.inputs, "x")
    for group in grouped(plan, ()):
        inputs = [names[link.source] for link in group.steps[0].inputs]
        for number, op in enumerate(_of_group(group, weights)):
            out = f"{group.last.name}.{number}"
            for what in ("kernel", "bias"):
                if op.get(what) is not None:
                    arrays[f"{out}.{what}"] = op[what]
                    op[what] = f"{out}.{what}"
            beside = [names[group.added.source]] if group.added and op["op"] == "add" else []
            yield {**op, "out": out, "inputs": inputs + beside}
            inputs = [out]
        names[group.last.node] = out


def _of_group(group: Group, weights: dict[Step, list[Any]]) -> Iterator[dict[str, Any]]:
    core, last = group.core, group.last
    if core is None:
        yield _alone(last)
        if last.layer.applies:
            yield {"op": "activation", "name": last.layer.applies}
        return
    if core.layer.adds:
        yield {"op": "add"}
    elif core.layer.pools:
        yield from map(_alone, group.steps)
    else:
        (linear,) = core.layer.linear(weights[core], core.shapes[0])
        for step in group.after:
            if step.layer.scales(step.shapes[0]):
                linear = linear.scaled(*step.layer.scale_and_shift(weights[step]))
        linear = linear.padded(group.before.layer.surrounds) if group.before else linear
        yield _product(linear, group.steps[0].shapes[0])
    if group.added:
        yield {"op": "add"}
    if group.activation != "linear":
        yield {"op": "activation", "name": group.activation}


def _product(linear: Linear, x: tuple[int, ...]) -> dict[str, Any]:
    arrays = {"kernel": linear.kernel, "bias": linear.bias}
    if isinstance(linear, Matrix):
        return {"op": "dense", **arrays}
    assert isinstance(linear, Convolution)
    windows = {
        "strides": [window.stride for window in linear.windows],
        "dilations": [window.dilation for window in linear.windows],
        "pads": [window.pads(n) for window, n in zip(linear.windows, x[1:-1], strict=True)],
        "same": all(window.padding == "same" for window in linear.windows),
    }
    by_channel = isinstance(linear, ByChannel)
    return {"op": "depthwise" if by_channel else "conv", "groups": linear.groups, **windows, **arrays}


def _alone(step: Step) -> dict[str, Any]:
    """The operation of a layer that is computed by itself."""
    layer: Any = step.layer
    if layer.surrounds is not None:
        return {"op": "pad", "pads": list(layer.surrounds)}
    if step.node.kind == "MaxPooling2D":
        pads = [window.pads(n) for window, n in zip(step.inferred.axes, step.shapes[0][1:-1], strict=True)]
        return {"op": "max", "sizes": list(layer.pool_size), "strides": list(layer.strides), "pads": pads}
    return {"op": {"GlobalAveragePooling2D": "mean", "Flatten": "flatten", "Activation": "linear"}[step.node.kind]}


def _padded_pools(ops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Zeros around a pool's input become its own padding, where no value is negative."""
    by_name = {op["out"]: op for op in ops}
    for op in ops:
        before = by_name.get(op["inputs"][0], {})
        if op["op"] == "max" and before.get("op") == "pad":
            cut = by_name[before["inputs"][0]]
            assert cut["op"] == "activation"
            assert cut["name"].startswith("relu")
            op |= {"pads": before["pads"], "inputs": before["inputs"]}
            before["op"] = "unused"
    return [op for op in ops if op["op"] != "unused"]


def _mark_last(ops: list[dict[str, Any]]) -> None:
    seen = {ops[-1]["out"]}
    for op in reversed(ops):
        op["over"] = [name for name in dict.fromkeys(op["inputs"]) if name not in seen]
        seen.update(op["inputs"])
