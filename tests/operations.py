"""Calls of keras.ops as text, ``split(x, 2, axis=1) on 4, 6``, for the tests and the script that asks Keras."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parent / "golden"
NAMES = "xyzw"
BATCH = 2


class Sample:
    """A call, and the shapes and dtypes of its inputs; ``values`` is false where they are not compared."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code, _, told = text.removesuffix(" shape only").rpartition(" on ")
        self.values = not text.endswith(" shape only")
        self.inputs = [_input(one) for one in told.split(" and ")]

    @property
    def script(self) -> str:
        """A script with a model of the call."""
        inputs = [
            f"{name} = keras.Input(batch_shape={shape!r}, dtype={dtype!r}, name={name!r})\n"
            for name, (shape, dtype) in zip(NAMES, self.inputs, strict=False)
        ]
        given = ", ".join(NAMES[: len(inputs)])
        lines = ["import keras\nimport numpy as np\nfrom keras import ops\n", *inputs]
        lines += [f"outputs = {self.whole_code}\n", f"model = keras.Model([{given}], outputs)\n"]
        return "".join(lines)

    @property
    def whole_code(self) -> str:
        """The call with the library's name before the function."""
        return re.sub(r"^(?!keras\.)([a-z_][\w.]*)\(", r"ops.\1(", self.code).replace("(view_as", "(ops.view_as")


def _input(text: str) -> tuple[tuple[int | None, ...], str]:
    """A shape with the batch, and a dtype: ``4, 3:int32``; ``shape (3, 5)`` has no batch of its own."""
    sizes, _, dtype = text.partition(":")
    if sizes.startswith("shape "):
        shape = ast.literal_eval(sizes.removeprefix("shape "))
    else:
        shape = (None, *ast.literal_eval(f"({sizes},)"))
    return shape, dtype or "float32"


def drawn(sample: Sample, number: int) -> list[np.ndarray]:
    """Inputs, of multiples of 1/32; whole ones below 3."""
    rng = np.random.default_rng(number)
    found = []
    for shape, dtype in sample.inputs:
        sizes = [BATCH if size is None else size for size in shape]
        x = rng.integers(-31, 32, sizes) / 32
        found.append((x * 32 % 3 if "int" in dtype else x > 0 if dtype == "bool" else x).astype(dtype))
    return found


def table() -> list[str]:
    """Every line of ``operations.txt``."""
    lines = (GOLDEN / "operations.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def told(shapes_and_dtypes: Any) -> list[list[Any]]:
    """Shapes and dtypes as JSON has them."""
    return [[list(shape), str(dtype)] for shape, dtype in shapes_and_dtypes]
