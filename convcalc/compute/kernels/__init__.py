"""The kernels that large layers are computed with: prepared once for a layer's weights, then called on its inputs.

Each has a plain counterpart in `convcalc.compute`, which it equals up to rounding. `choice` says which is used when.
"""
