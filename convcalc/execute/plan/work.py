"""The time of a run: about how long it takes, known before it starts, and the refusal of what takes hours."""

from __future__ import annotations

from convcalc.errors import RunError
from convcalc.execute.feed.weights import Weights
from convcalc.execute.plan.program import Program
from convcalc.sizes.shapes import product

# What one thread of a fast processor does in a second: measured on Dense layers and convolutions in float32, and
# rounded up, so that what is refused takes at least so long. Values are drawn in the time of uniform ones.
MACS, DRAWS, OUTPUTS = 1.5e10, 2e8, 5e7
# Multiply-accumulates that an orthogonal matrix takes, for each value and each of its shorter side.
_ORTHOGONAL = 4
# Seconds from which a run is announced, and from which it is refused.
LONG, ABSURD = 60, 3600


def seconds(program: Program, source: Weights) -> float:
    """About how long a run takes at the least, with the threads of its team."""
    total = 0.0
    for step in program.plan.steps:
        batch = (step.shapes[0] or (1,))[0] if step.shapes else 1
        values = sum(product(shape) or 0 for shape in step.node.outputs)
        macs = (step.inferred.total_macs or 0) * batch
        total += macs / MACS + values / OUTPUTS
        for weight in step.inferred.weights:
            drawn = source.draws(step, weight)
            total += weight.params / DRAWS if drawn else 0
            if drawn == "orthogonal":
                total += _ORTHOGONAL * weight.params * min(weight.shape) / MACS
    return total / program.team.size


def require(program: Program, source: Weights, *, force: bool) -> float:
    """The seconds; `RunError` for a run of hours, unless ``force``."""
    time = seconds(program, source)
    if time < ABSURD or force:
        return time
    macs = sum(step.inferred.total_macs or 0 for step in program.plan.steps)
    drawn = sum(w.params for step in program.plan.steps for w in step.inferred.weights if source.draws(step, w))
    raise RunError(
        f"the run takes about {show(time)}",
        code="too-long",
        why=f"{drawn:,} random values are to be drawn, and {macs:,} multiply-accumulates to be made for each sample",
        help="make the model, the input or the batch smaller; --force (force=True) runs it all the same",
    )


def show(time: float) -> str:
    """A time in the unit that suits it: ``70 seconds``, ``1.4 hours``."""
    for unit, size, most in (("seconds", 60, 99.5), ("minutes", 60, 59.5), ("hours", 24, 48), ("days", 365, 730)):
        if time < most:
            return f"{time:.0f} {unit}" if unit in ("seconds", "minutes") else f"{time:.1f} {unit}"
        time /= size
    return f"{time:,.0f} years"
