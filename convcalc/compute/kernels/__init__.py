"""Kernels: the fast ways to compute large layers. A kernel is prepared once for weights, then called on inputs.

Each kernel has a plain counterpart in `convcalc.compute`, and equals it up to rounding. `choice` has the table that
says which kernel computes which layer.
"""
