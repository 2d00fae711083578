"""The forward pass of a stack on the NumPy core: inputs, weights, the plan, and the results."""

from __future__ import annotations

from convcalc.execute.compiled import compile
from convcalc.execute.forward import run
from convcalc.execute.trace import LayerTrace, Trace

__all__ = ["LayerTrace", "Trace", "compile", "run"]
