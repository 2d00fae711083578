"""The kernels beside the plain products that they replace, on the shapes of the examples' convolutions.

`python tests/bench/bench_kernels.py`: one thread, medians of processor time, both sides in turn; the ratio is the plain
one's time over the kernel's, with bias and activation on both sides. Set OPENBLAS_NUM_THREADS for more threads.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
import numpy as np  # noqa: E402
from measure import in_turn  # noqa: E402

import convcalc  # noqa: E402
from convcalc.compute.activations import ACTIVATIONS  # noqa: E402
from convcalc.compute.kernels.choice import Case, kernel  # noqa: E402
from convcalc.compute.kernels.finish import Finish  # noqa: E402
from convcalc.compute.kernels.workspace import Workspace  # noqa: E402
from convcalc.compute.linear import Convolution, Linear, Transposed  # noqa: E402
from convcalc.execute.plan.steps import Plan  # noqa: E402

_EXAMPLES = ("resnet50", "mobilenetv2", "inception_v3", "vgg16", "unet")


def main() -> None:
    """Prints a line for each shape, slowest kernels last, and how many are slower than the plain product."""
    rows = []
    for linear, x, y in _shapes():
        case = Case(Finish(linear.bias, "relu", ACTIVATIONS["relu"]), x.shape, y, Workspace())
        made, out = kernel(linear, case), np.empty(y, x.dtype)
        fast, plain = in_turn(partial(made, x, out), partial(_plainly, linear, x))
        name = f"{type(made).__name__:<10} {x.shape[1:]} * {linear.kernel.shape} -> {y[1:]}"
        rows.append((plain / fast, f"{plain / fast:6.2f}x  {fast * 1e3:9.3f} ms  {name}"))
    for _, line in sorted(rows, reverse=True):
        print(line)
    print(f"{sum(ratio < 1 for ratio, _ in rows)} of {len(rows)} are slower; median {statistics.median(rows)[0]:.2f}x")


def _plainly(linear: Linear, x: Any) -> Any:
    return ACTIVATIONS["relu"](linear.product(x) + linear.bias)


def _shapes() -> Iterator[tuple[Linear, Any, tuple[int, ...]]]:
    """Every convolution once, with an input and the shape of its output."""
    seen = set()
    rng = np.random.default_rng(0)
    for example in _EXAMPLES:
        stack = convcalc.load(str(ROOT / f"examples/{example}.yaml"))
        for step in Plan(stack, [(1, *stack.inputs[0].shape[1:])], 0).steps:
            weights = [rng.standard_normal(weight.shape, np.float32) for weight in step.inferred.weights]
            for linear in step.layer.linear(weights, step.shapes[0]):
                axes = getattr(linear, "windows", getattr(linear, "axes", ()))
                key = (type(linear), step.shapes[0], linear.kernel.shape, *((a.stride, a.padding) for a in axes))
                if isinstance(linear, Convolution | Transposed) and key not in seen:
                    seen.add(key)
                    y = tuple(dim or 0 for dim in step.node.outputs[0])
                    linear.bias = np.zeros(y[-1], np.float32) if linear.bias is None else linear.bias
                    yield linear, rng.standard_normal(step.shapes[0], np.float32), y


if __name__ == "__main__":
    main()
