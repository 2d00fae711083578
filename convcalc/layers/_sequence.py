"""What the layers share that move a cell along the time axis, axis 1 behind the batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from convcalc.compute.recurrence import PROJECTED, States, scan, zeros
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Weight
from convcalc.errors import ShapeError
from convcalc.layers import _arguments as a
from convcalc.lazy import Array
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Shape, product, show


class _Sequence(Layer):
    """A recurrent layer: its cell at every time step, each with the states that the step before left.

    Inputs are ``(batch, time, *step)``. MACs are the cell's matrix products times the time steps; gates, which
    multiply element by element, do not count.
    """

    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool
    sees_all = True
    supports_masking = True
    call = Accepts("sequences", tensors=("initial_state", "mask"), lists=("initial_state",))
    zero_output_for_mask: bool
    unroll: bool
    # Keras takes it by keyword, and writes it into its configs.
    extras = {"zero_output_for_mask": a.zero_output_for_mask}

    @property
    def cell(self) -> Any:
        """The rules of one time step; most layers have them themselves."""
        return self

    @classmethod
    def ranks(cls) -> range:
        """Batch, time and the inputs of one step."""
        return range(3, 4)

    def output(self, x: Shape) -> Shape:
        """``(batch, units)``, with ``return_sequences`` ``(batch, time, units)``."""
        if self.stateful and x[0] is None:
            raise ShapeError(
                "a stateful layer needs to know the batch size",
                code="unknown-size",
                argument="stateful",
                why="it keeps a state for every sample of a batch",
                help="give a batch size (--batch-size, `batch_size:`), or set stateful=False",
            )
        batch, *step = self.cell.step_output(_step(x))
        return (batch, x[1], *step) if self.return_sequences else (batch, *step)

    def more(self, x: Shape, y: Shape) -> tuple[Shape, ...]:
        """With ``return_state``, the last states."""
        return tuple(self.cell.step_states(_step(x))) if self.return_state else ()

    def weights(self, x: Shape) -> Iterator[Weight]:
        """The cell's weights: the same ones at every time step."""
        yield from self.cell.step_weights(_step(x))

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Time steps × the cell's products."""
        for one in self.cell.step_macs(_step(x)):
            yield Product(one.name, ("time steps", x[1]), *one.factors)

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """All time steps, or the last one."""
        yield Step("shape", "units at every time step" if self.return_sequences else "units", "", show(y))

    def mask(self, ops: Any, inputs: Sequence[Any], masks: Sequence[Any]) -> Any:
        """That of the time steps, where they stay."""
        return masks[0] if self.return_sequences else None

    def apply(self, weights: Sequence[Array], *inputs: Array, **call: Any) -> Any:
        """The outputs at inference, as `forward` has them."""
        (x,) = inputs
        return self.forward(weights, x, **call)

    def forward(self, w: Sequence[Array], x: Array, initial_state: States = (), mask: Array | None = None) -> Any:
        """The cell from ``initial_state`` on, or from zeros; with ``return_state`` the output and the last states."""
        states = tuple(initial_state) or zeros(self.cell.step_states(_step(x.shape)), x)
        self.check_states(x, states)
        y, states = scan(
            partial(self.cell.project, w),
            partial(self.cell.advance, w),
            x,
            states,
            backwards=self.go_backwards,
            sequences=self.return_sequences,
            mask=mask,
            zero_output=self.zero_output_for_mask,
            unrolled=self.unroll,
        )
        return (y, *states) if self.return_state else y

    def scratch(self, *shapes: Shape) -> int:
        """One time step: its inputs and states as the products take them, and gates before and after activations.

        So much for every time step that is projected with it.
        """
        step = _step(shapes[0])
        kernels = [weight for weight in self.cell.step_weights(step) if weight.name.endswith("kernel")]
        rows: int = sum((product(weight.shape[:-1]) or 0) + 4 * weight.shape[-1] for weight in kernels)
        positions: int = product(self.cell.step_output(step)[:-1]) or 0
        return rows * max(positions, min(PROJECTED, positions * (shapes[0][1] or 0)))

    def check_states(self, x: Array, states: States) -> None:
        """`ValueError` for initial states that are not the cell's."""
        given, needed = [state.shape for state in states], list(self.cell.step_states(_step(x.shape)))
        if given != needed:
            raise ValueError(
                f"initial_state has {' and '.join(map(show, given))}, not {' and '.join(map(show, needed))}"
            )


def _step(x: Any) -> Any:
    """The shape of one time step."""
    return (x[0], *x[2:])
