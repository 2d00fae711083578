"""Builds all of Keras's applications and writes applications.json.xz: configs, tables, totals and rows, no weights.

Run with an interpreter that has Keras: `python tests/golden/make_applications.py`.
"""

from __future__ import annotations

import json
import lzma
import math
from pathlib import Path
from typing import Any

import keras


def names(applications: Any) -> list[str]:
    """The applications, which are the public functions of the package."""
    return sorted(name for name, value in vars(applications).items() if callable(value) and name[0].isupper())


def shape(layer: Any) -> list[int | None]:
    """The output's shape in the application: a nested model's own output may know less."""
    return list(layer._inbound_nodes[-1].output_tensors[0].shape)


def params(layer: Any) -> int:
    """Values in a layer's weights, of which operations have none."""
    return layer.count_params() if hasattr(layer, "count_params") else 0


def macs(layer: Any) -> int | None:
    """Multiply-accumulates of a layer: every value of its kernels once for every output position.

    It does for ConvNeXt's nested models too, which have one kernel each and end as it does.
    """
    kernels = [weight.shape for weight in getattr(layer, "weights", ()) if "kernel" in weight.name]
    positions = shape(layer)[1:-1] if kernels else []
    return None if None in positions else math.prod(positions) * sum(map(math.prod, kernels))


def total(counts: list[int | None]) -> int | None:
    """The sum; None where a part is unknown."""
    return None if None in counts else sum(counts)


def printed(model: Any) -> str:
    """The table, without its last line break."""
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    return "\n".join(lines).removesuffix("\n")


def answer(name: str) -> dict[str, Any]:
    """What Keras says of one application in a session of its own."""
    keras.utils.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    return {
        "config": json.loads(model.to_json()),
        "summary": printed(model),
        "total": model.count_params(),
        "rows": [[shape(layer), params(layer)] for layer in model.operations],
        "macs": total(list(map(macs, model.operations))),
    }


if __name__ == "__main__":
    told = {name: answer(name) for name in names(keras.applications)}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    path = Path(__file__).with_name("applications.json.xz")
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
