"""How far single precision is from double: `python tests/bench/bench_accuracy.py`.

For random layers, the largest error of each kernel over the largest output, against the plain product in float64; once
with every kernel, once without those that round more than a plain sum does (``exact``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
import numpy as np  # noqa: E402

from convcalc.compute.activations import ACTIVATIONS  # noqa: E402
from convcalc.compute.kernels.choice import Case, kernel  # noqa: E402
from convcalc.compute.kernels.finish import Finish  # noqa: E402
from convcalc.compute.kernels.workspace import Workspace  # noqa: E402
from convcalc.compute.linear import ByChannel, Convolution, Linear, Matrix, Transposed  # noqa: E402
from convcalc.sizes.windows import Upsampler, Window  # noqa: E402

_LAYERS = 1_000


def main() -> None:
    """Prints a line for each kernel."""
    rng = np.random.default_rng(0)
    errors: dict[tuple[bool, str], list[float]] = {}
    for _ in range(_LAYERS):
        linear, x = _drawn(rng)
        reference = linear.product(x)
        single = linear._with(kernel=linear.kernel.astype(np.float32))
        for exact in (False, True):
            finish = Finish(None, "linear", ACTIVATIONS["linear"])
            case = Case(finish, x.shape, reference.shape, Workspace(), exact=exact)
            made, out = kernel(single, case), np.empty(reference.shape, np.float32)
            made(x.astype(np.float32), out)
            error = float(np.abs(out - reference).max() / np.abs(reference).max())
            errors.setdefault((exact, _name(made)), []).append(error)
    for (exact, name), found in sorted(errors.items()):
        print(f"{'exact' if exact else 'default':<8} {name:<16} {len(found):4} layers  largest {max(found):.1e}")


def _name(made: Any) -> str:
    tiling = getattr(made, "tiling", None)
    return f"{type(made).__name__}{f' {tiling.side}x{tiling.side}' if tiling else ''}"


def _drawn(rng: np.random.Generator) -> tuple[Linear, Any]:
    """A layer of a published network's size, normal weights, and a normal input."""
    channels, filters = (int(rng.choice([16, 64, 128, 256, 512])) for _ in range(2))
    x = rng.standard_normal((1, *rng.integers(8, 40, 2), channels))
    return _layer(rng, channels, filters), x


def _layer(rng: np.random.Generator, channels: int, filters: int) -> Linear:
    kind, taps = rng.choice(["dense", "depthwise", "transposed", *["convolution"] * 5]), int(rng.choice([3, 3, 3, 5]))
    window = Window(taps, int(rng.choice([1, 1, 1, 2])), padding="same")
    if kind == "dense":
        return Matrix(rng.standard_normal((channels, filters)))
    if kind == "depthwise":
        return ByChannel(rng.standard_normal((taps, taps, channels, 1)), None, [window] * 2)
    if kind == "transposed":
        axes = [Upsampler(taps, 2, padding="same")] * 2
        return Transposed(rng.standard_normal((taps, taps, filters, channels)), None, axes)
    return Convolution(rng.standard_normal((taps, taps, channels, filters)), None, [window] * 2)


if __name__ == "__main__":
    main()
