"""How far two ways of computing a stack in single precision may be apart: the stack says so, not a machine.

No bound is right for every stack: a softmax over sums that cancel moves far when its input moves by one rounding, and
a mean hardly moves at all. So the stack itself is asked. Its input and its weights are moved by one unit of rounding
each, up or down at random, and the output is computed again. How far the output moves is the condition of the stack,
times the unit. An algorithm that is backward stable gives the exact output for data that are moved by a few units
(Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.5). ``UNITS`` says how many: a sum of n
products moves by at most n units and on average by the root of n (section 4.2); Winograd's F(4x4, 3x3) loses about one
decimal digit more (Barabasz et al. 2018, arXiv:1803.10986).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import convcalc

# The root of 2,500, which is more than the products of any sum in these tests; and the digit that Winograd loses.
UNITS = 50 * 10
# Half precision is computed in single precision, and rounded once for each layer.
UNITS_OF_HALF = 8
DRAWS = 3


def assert_same(actual: np.ndarray, expected: np.ndarray, stack: Any, x: Any, weights: Any = "init") -> None:
    """Two arrays are the first output of a stack on ``x`` and ``weights``, which are given as for a run."""
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance(stack, x, weights))


def tolerance(stack: Any, x: Any, weights: Any = "init") -> float:
    """How far apart two computations of the first output of a stack may be."""
    plain = convcalc.run(stack, x, weights=weights, keep_weights=True)
    expected, random = plain.outputs[0], np.random.default_rng(7)
    unit = float(np.finfo(expected.dtype).eps)

    def moved(value: Any) -> np.ndarray:
        value = np.asarray(value)
        return value * (1 + random.choice((-unit, unit), value.shape)) if value.dtype.kind == "f" else value

    furthest = unit * float(np.abs(expected.astype("float64")).max(initial=0))
    for _ in range(DRAWS):
        arrays = {name: moved(value) for name, value in plain.weights.items()}
        y = convcalc.run(stack, [*map(moved, plain.inputs)], weights=arrays, keep_weights=True).outputs[0]
        furthest = max(furthest, float(np.abs(y.astype("float64") - expected).max(initial=0)))
    return (UNITS_OF_HALF if expected.dtype == np.float16 else UNITS) * furthest
