"""Recurrent networks over time: one step of each cell, and the loop over the steps.

A step takes the projected input ``z`` (input · kernel + bias, all gates side by side) and the states before,
each ``(batch, units)`` or, in a convolutional cell, ``(batch, *spatial, filters)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from convcalc.compute.activations import ACTIVATIONS
from convcalc.lazy import Array, np

Function = Callable[[Array], Array]
States = tuple[Array, ...]
# One time step: the projected input and the states before it, to the output and the states after it.
Step = Callable[[Array, States], tuple[Array, States]]

# Places of samples whose inputs are projected together, as many time steps as have them.
PROJECTED = 256


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
    """The output at the last time step, or with ``sequences`` at every one along axis 1, and the last states.

    ``x`` is ``(batch, time, …)``; ``project`` takes samples ``(n, …)``. ``backwards`` begins with the last time step;
    outputs come in the order of computation. Where the ``mask`` (batch, time) is false the states stay, and the output
    too, at first 0; with ``zero_output`` it is 0. Where the loop is ``unrolled`` Keras sets outputs to 0 by the mask in
    the order of time even if they are ``backwards``. `ValueError` without any time step, or for a mask of other sizes.
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
    """The projected input of each time step, of ``x`` ``(time, batch, …)``.

    Many steps make one large product; all steps might take more memory than there is.
    """
    steps = max(PROJECTED // max(math.prod(x.shape[1:-1]), 1), 1)
    for at in range(0, len(x), steps):
        block = x[at : at + steps]
        z = project(block.reshape(block.shape[0] * block.shape[1], *block.shape[2:]))
        yield from z.reshape(*block.shape[:2], *z.shape[1:])


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
    parts = _apart(z, 4)
    i, f, o = _each(gate, parts[[0, 1, 3]])
    carry = f * c + i * act(parts[2])
    return o * act(carry), carry


def gru(z: Array, h: Array, recurrent: Array, bias: Array | float, act: Function, gate: Function) -> Array:
    """The new state of a gated recurrent unit whose reset gate acts after the recurrent product (cuDNN's form).

    Gates in the order update, reset, new state; ``bias`` is the recurrent product's own.
    """
    of_input, of_state = _apart(z, 3), _apart(h @ recurrent + bias, 3)
    kept, reset = _each(gate, of_input[:2] + of_state[:2])
    return _mixed(kept, h, act(of_input[2] + reset * of_state[2]))


def gru_reset_before(z: Array, h: Array, recurrent: Array, act: Function, gate: Function) -> Array:
    """The new state of a gated recurrent unit as first published (Cho et al. 2014, https://arxiv.org/abs/1406.1078v1)."""
    gates = 2 * h.shape[-1]
    kept, reset = _each(gate, _apart(z[..., :gates] + h @ recurrent[:, :gates], 2))
    return _mixed(kept, h, act(z[..., gates:] + (reset * h) @ recurrent[:, gates:]))


def _apart(z: Array, count: int) -> Array:
    """(…, gates · units) → (gates, …, units), a view."""
    last = z.ndim - 1
    return z.reshape(*z.shape[:-1], count, -1).transpose(last, *range(last), last + 1)


def _each(gate: Function, parts: Array) -> Array:
    """The function of every gate; one that has a name, of all at once: as samples, which do not see each other."""
    if gate not in ACTIVATIONS.values():  # a layer may look at all samples
        return np.stack([gate(part) for part in parts])
    return gate(parts.reshape(-1, *parts.shape[2:])).reshape(*parts.shape[:-1], -1)


def _mixed(kept: Array, h: Array, new: Array) -> Array:
    """What the update gate keeps of the state, and the new state for the rest."""
    mixed: Array = kept * h + (1 - kept) * new
    return mixed


def zeros(shapes: Sequence[tuple[int, ...]], like: Array) -> States:
    """The states before the first time step."""
    return tuple(np.zeros(shape, like.dtype) for shape in shapes)
