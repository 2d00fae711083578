"""Recurrent networks: a time step of each cell, and the loop over the time steps.

A time step takes the projected input ``z``, which is input · kernel + bias with all gates along the last axis, and the
states before the step. States are ``(batch, units)``, or ``(batch, *spatial, filters)`` in a convolutional cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from convcalc.compute.activations import ACTIVATIONS
from convcalc.lazy import Array, np

Function = Callable[[Array], Array]
States = tuple[Array, ...]
# A time step: (projected input, states before the step) → (output, states after the step).
Step = Callable[[Array, States], tuple[Array, States]]

# Rows of inputs that are projected in one product, which takes as many time steps as have that many rows.
PROJECT_ROWS = 256


def scan(
    project: Function,
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
    """The output of the last time step, or with ``sequences`` of all, along axis 1; and the states after the last.

    ``x`` is ``(batch, time, …)``; ``project`` takes ``(n, …)``. ``backwards`` begins with the last time step, and
    outputs have the order of the computation. Where ``mask`` ``(batch, time)`` is false, the states stay as they are,
    and the output repeats the output before it, at first 0; with ``zero_output`` the output is 0. If the loop is
    ``unrolled``, Keras applies the mask to the outputs in the order of time, also if they are ``backwards``.
    `ValueError` without any time step, or for a mask of other sizes.
    """
    if not x.shape[1]:
        raise ValueError("there is no time step")
    if mask is not None and mask.shape[:2] != x.shape[:2]:
        raise ValueError(f"a mask for {mask.shape[:2]} is given for the samples and time steps {x.shape[:2]}")
    outputs: list[Array] = []
    late = zero_output and unrolled and backwards and sequences
    y = zero = x.dtype.type(0)
    times = range(x.shape[1])[:: -1 if backwards else 1]
    for time, z in zip(times, _projected(project, x.swapaxes(0, 1)[:: times.step]), strict=True):
        new, after = step(z, states)
        if mask is not None:
            new = _where(mask[:, time], new, zero if zero_output and not late else y)
            after = tuple(_where(mask[:, time], *pair) for pair in zip(after, states, strict=True))
        y, states = new, after
        if sequences:
            outputs.append(y)
    whole = np.stack(outputs, axis=1) if sequences else y
    return (whole if mask is None or not late else _where(mask, whole, zero)), states


def _projected(project: Function, x: Array) -> Iterator[Array]:
    """The projected input of each time step of ``x`` ``(time, batch, …)``.

    Several time steps make one large product. All at once might take too much memory.
    """
    steps = max(PROJECT_ROWS // max(math.prod(x.shape[1:-1]), 1), 1)
    for at in range(0, len(x), steps):
        block = x[at : at + steps]
        z = project(block.reshape(block.shape[0] * block.shape[1], *block.shape[2:]))
        yield from z.reshape(*block.shape[:2], *z.shape[1:])


def _where(mask: Array, new: Array, old: Array) -> Array:
    """``new`` where the mask of the first axes is true, ``old`` elsewhere."""
    return np.where(mask.reshape(mask.shape + (1,) * (new.ndim - mask.ndim)), new, old)


def simple_rnn(z: Array, h: Array, recurrent: Array, act: Function) -> Array:
    """The new state of a SimpleRNN cell: act(z + h · recurrent)."""
    return act(z + h @ recurrent)


def lstm(z: Array, c: Array, act: Function, gate: Function) -> tuple[Array, Array]:
    """The new state and the new carry of an LSTM cell, whose carry is ``c``.

    ``z`` is the sum of the projected input and the recurrent product, its gates in the order input, forget, carry,
    output. Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000.
    """
    parts = _split_gates(z, 4)
    i, f, o = _apply_gates(gate, parts[[0, 1, 3]])
    carry = f * c + i * act(parts[2])
    return o * act(carry), carry


def gru(z: Array, h: Array, recurrent: Array, bias: Array | float, act: Function, gate: Function) -> Array:
    """The new state of a GRU cell whose reset gate acts after the recurrent product (cuDNN's form).

    The gates are in the order update, reset, new state; ``bias`` is added to the recurrent product.
    """
    of_input, of_state = _split_gates(z, 3), _split_gates(h @ recurrent + bias, 3)
    update, reset = _apply_gates(gate, of_input[:2] + of_state[:2])
    return _interpolated(update, h, act(of_input[2] + reset * of_state[2]))


def gru_reset_before(z: Array, h: Array, recurrent: Array, act: Function, gate: Function) -> Array:
    """The new state of a GRU cell as first published: Cho et al. 2014, https://arxiv.org/abs/1406.1078v1."""
    gates = 2 * h.shape[-1]
    update, reset = _apply_gates(gate, _split_gates(z[..., :gates] + h @ recurrent[:, :gates], 2))
    return _interpolated(update, h, act(z[..., gates:] + (reset * h) @ recurrent[:, gates:]))


def _split_gates(z: Array, count: int) -> Array:
    """A view of each gate: (…, gates · units) → (gates, …, units)."""
    last = z.ndim - 1
    return z.reshape(*z.shape[:-1], count, -1).transpose(last, *range(last), last + 1)


def _apply_gates(gate: Function, parts: Array) -> Array:
    """The activation of every gate; a named function is called once for all gates, as for more samples."""
    if gate not in ACTIVATIONS.values():  # an activation layer may look at all samples together
        return np.stack([gate(part) for part in parts])
    return gate(parts.reshape(-1, *parts.shape[2:])).reshape(*parts.shape[:-1], -1)


def _interpolated(update: Array, h: Array, new: Array) -> Array:
    """`update` · h + (1 - update) · new: the update gate says how much of the state stays."""
    state: Array = update * h + (1 - update) * new
    return state


def zero_states(shapes: Sequence[tuple[int, ...]], like: Array) -> States:
    """States of zeros, for the first time step, in the dtype of ``like``."""
    return tuple(np.zeros(shape, like.dtype) for shape in shapes)
