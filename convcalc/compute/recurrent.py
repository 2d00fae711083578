"""Recurrent networks over time: one step of each cell, and the loop over the steps.

A step takes the projected input ``z`` (input · kernel + bias, all gates side by side) and the states before,
each ``(batch, units)`` or, in a convolutional cell, ``(batch, *spatial, filters)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convcalc.lazy import Array, np

Function = Callable[[Array], Array]
States = tuple[Array, ...]
# One time step: the input and the states before it, to the output and the states after it.
Step = Callable[[Array, States], tuple[Array, States]]


def scan(
    step: Step,
    x: Array,
    states: States,
    *,
    backwards: bool,
    sequences: bool,
    mask: Array | None = None,
    zero_output: bool = False,
    unrolled: bool = False,
) -> tuple[Array, States]:
    """The output at the last time step, or with ``sequences`` at every one along axis 1, and the last states.

    ``x`` is ``(batch, time, …)``. ``backwards`` begins with the last time step; outputs come in the order of
    computation. Where the ``mask`` (batch, time) is false the states stay, and the output too, at first 0; with
    ``zero_output`` it is 0. Where the loop is ``unrolled`` Keras sets outputs to 0 by the mask in the order of time
    even if they are ``backwards``. `ValueError` without any time step, or for a mask of other sizes.
    """
    if not x.shape[1]:
        raise ValueError("there is no time step")
    if mask is not None and mask.shape[:2] != x.shape[:2]:
        raise ValueError(f"a mask for {mask.shape[:2]} is given for the samples and time steps {x.shape[:2]}")
    outputs: list[Array] = []
    late = zero_output and unrolled and backwards and sequences
    y = zero = x.dtype.type(0)
    for time in range(x.shape[1])[:: -1 if backwards else 1]:
        new, after = step(x[:, time], states)
        if mask is not None:
            new = _where(mask[:, time], new, zero if zero_output and not late else y)
            after = tuple(_where(mask[:, time], *pair) for pair in zip(after, states, strict=True))
        y, states = new, after
        if sequences:
            outputs.append(y)
    whole = np.stack(outputs, axis=1) if sequences else y
    return (whole if mask is None or not late else _where(mask, whole, zero)), states


def _where(mask: Array, new: Array, old: Array) -> Array:
    """``new`` where the mask of the first axes is true, ``old`` elsewhere."""
    return np.where(mask.reshape(mask.shape + (1,) * (new.ndim - mask.ndim)), new, old)


def simple(z: Array, h: Array, recurrent: Array, act: Function) -> Array:
    """The new state of a plain recurrent cell: act(z + h · recurrent)."""
    return act(z + h @ recurrent)


def lstm(z: Array, c: Array, act: Function, gate: Function) -> tuple[Array, Array]:
    """The new state and carry of long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000).

    ``z`` holds input and recurrent products added up, in the order input gate, forget gate, carry, output gate.
    """
    i, f, g, o = np.split(z, 4, axis=-1)
    carry = gate(f) * c + gate(i) * act(g)
    return gate(o) * act(carry), carry


def gru(z: Array, h: Array, recurrent: Array, bias: Array | float, act: Function, gate: Function) -> Array:
    """The new state of a gated recurrent unit whose reset gate acts after the recurrent product (cuDNN's form).

    Gates in the order update, reset, new state; ``bias`` is the recurrent product's own.
    """
    update, reset, new = np.split(z, 3, axis=-1)
    again_update, again_reset, again_new = np.split(h @ recurrent + bias, 3, axis=-1)
    kept = gate(update + again_update)
    return _mixed(kept, h, act(new + gate(reset + again_reset) * again_new))


def gru_reset_before(z: Array, h: Array, recurrent: Array, act: Function, gate: Function) -> Array:
    """The new state of a gated recurrent unit as first published (Cho et al. 2014, https://arxiv.org/abs/1406.1078v1)."""
    update, reset, new = np.split(z, 3, axis=-1)
    for_update, for_reset, for_new = np.split(recurrent, 3, axis=-1)
    kept = gate(update + h @ for_update)
    return _mixed(kept, h, act(new + (gate(reset + h @ for_reset) * h) @ for_new))


def _mixed(kept: Array, h: Array, new: Array) -> Array:
    """What the update gate keeps of the state, and the new state for the rest."""
    mixed: Array = kept * h + (1 - kept) * new
    return mixed


def zeros(shapes: Sequence[tuple[int, ...]], like: Array) -> States:
    """The states before the first time step."""
    return tuple(np.zeros(shape, like.dtype) for shape in shapes)
