"""One axis of a convolution or a pooling, and everything that follows from it.

`Window` slides over its input; `Upsampler` is the adjoint picture of a transposed convolution: each
input position spreads a window over the output. Both follow Keras 3 (``compute_conv_output_shape`` and
``compute_conv_transpose_output_shape``) and TensorFlow's placement of "same" padding.
"""

from __future__ import annotations

from convcalc.sizes.formula import Pads, Step
from convcalc.sizes.shapes import Dim

# What the spatial axes are called, by how many there are.
AXES: dict[int, tuple[str, ...]] = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}

Padding = str | tuple[int, int]


class Window:
    """A window of ``size`` taps, ``dilation`` apart, moving by ``stride``.

    ``padding`` is ``valid``, ``same``, ``causal`` or an explicit pair (before, after).
    """

    __slots__ = ("dilation", "padding", "size", "stride")
    edge = "padding"

    def __init__(self, size: int, stride: int = 1, dilation: int = 1, padding: Padding = "valid") -> None:
        self.size = size
        self.stride = stride
        self.dilation = dilation
        self.padding = padding

    @property
    def span(self) -> int:
        """Positions from the first tap to the last: (size - 1) × dilation + 1."""
        return (self.size - 1) * self.dilation + 1

    def pads(self, n: Dim) -> tuple[int, int] | None:
        """Cells added before and after an axis of ``n``; None when they depend on an unknown ``n``."""
        if isinstance(self.padding, tuple):
            return self.padding
        if self.padding == "valid":
            return 0, 0
        if self.padding == "causal":
            return self.span - 1, 0
        if n is None and self.stride > 1:
            return None
        # The least padding for ceil(n / stride) positions; an odd cell goes to the end.
        total = self.span - 1 if n is None else max((-(-n // self.stride) - 1) * self.stride + self.span - n, 0)
        return total // 2, total - total // 2

    def full(self, n: int) -> int:
        """Length with the padding."""
        return n + sum(self.pads(n) or (0, 0))

    def out(self, n: Dim) -> Dim:
        """Output length for an axis of ``n``; zero or less where the window does not fit."""
        if n is None:
            return None
        if self.padding in ("same", "causal"):
            return (n - 1) // self.stride + 1
        before, after = self.pads(n) or (0, 0)
        return (n + before + after - self.span) // self.stride + 1

    def least(self, out: int) -> int:
        """The smallest input length that gives at least ``out`` positions."""
        if self.padding in ("same", "causal"):
            return (out - 1) * self.stride + 1
        return max((out - 1) * self.stride + self.span - sum(self.pads(None) or (0, 0)), 0)

    def step(self, what: str, n: Dim) -> Step:
        """The output length as formula → numbers → result."""
        size = "?" if n is None else str(n)
        result = self.out(n)
        if self.padding in ("same", "causal"):
            return Step(what, "ceil(n / stride)", f"ceil({size} / {self.stride})", result)
        before, after = self.pads(n) or (0, 0)
        formula, numbers = "(n - span) // stride + 1", f"({size} - {self.span}) // {self.stride} + 1"
        if before or after:
            formula = formula.replace("n -", "n + before + after -")
            numbers = numbers.replace(f"{size} -", f"{size} + {before} + {after} -")
        return Step(what, formula, numbers, result)

    def span_step(self, what: str) -> Step | None:
        """How dilation widens the window; None where it does not."""
        if self.dilation == 1:
            return None
        numbers = f"({self.size} - 1) × {self.dilation} + 1"
        return Step(what, "(size - 1) × dilation + 1", numbers, self.span)

    def padding_step(self, what: str, n: Dim) -> Step:
        """The cells put before and after the axis, and why that many."""
        result = _around(self.pads(n))
        if self.padding == "causal":
            return Step(what, "span - 1 before", f"{self.span} - 1", result)
        if self.padding == "same":
            return Step(
                what,
                "max((out - 1) × stride + span - n, 0)",
                f"max(({self.out(n)} - 1) × {self.stride} + {self.span} - {n}, 0)".replace("None", "?"),
                result,
            )
        return Step(what, "" if self.padding == "valid" else "as given", "", result)

    @property
    def back(self) -> tuple[int, int, int]:
        """(p, q, r): x + 1 output cells in a row see input cells that are up to (p·x + q) // r apart."""
        return self.stride, self.span - 1, 1


class Upsampler:
    """A transposed convolution's axis: each input position adds ``size`` taps to the output.

    Taps are ``dilation`` apart, positions ``stride`` apart. ``padding`` is ``valid`` or ``same``;
    ``extra`` is Keras's ``output_padding``, None for its default.
    """

    __slots__ = ("dilation", "extra", "padding", "size", "stride")
    edge = "cropping"

    def __init__(
        self, size: int, stride: int = 1, dilation: int = 1, padding: str = "valid", extra: int | None = None
    ) -> None:
        self.size = size
        self.stride = stride
        self.dilation = dilation
        self.padding = padding
        self.extra = extra

    @property
    def span(self) -> int:
        """Positions from the first tap to the last: (size - 1) × dilation + 1."""
        return (self.size - 1) * self.dilation + 1

    def full(self, n: int) -> int:
        """Length before cropping: every tap of every position."""
        return (n - 1) * self.stride + self.span

    def out(self, n: Dim) -> Dim:
        """Output length for an axis of ``n``."""
        if n is None:
            return None
        if self.extra is None:
            return n * self.stride if self.padding == "same" else (n - 1) * self.stride + max(self.span, self.stride)
        kept = self.span if self.padding == "valid" else self.span % 2
        return (n - 1) * self.stride + kept + self.extra

    def pads(self, n: Dim) -> tuple[int, int] | None:
        """Cells cut before and after the full output; a negative second number adds cells."""
        if n is None:
            return None
        surplus = self.full(n) - (self.out(n) or 0)
        before = max(surplus, 0) // 2 if self.padding == "same" else 0
        return before, surplus - before

    def least(self, out: int) -> int:
        """The smallest input length that gives at least ``out`` positions."""
        first = self.out(1) or 0
        return max(1, 1 - (first - out) // self.stride)  # every further cell adds a stride

    def step(self, what: str, n: Dim) -> Step:
        """The output length as formula → numbers → result."""
        size, out = "?" if n is None else str(n), self.out(n)
        stride, span, extra = self.stride, self.span, self.extra
        if extra is None and self.padding == "same":
            return Step(what, "n × stride", f"{size} × {stride}", out)
        if extra is None:
            numbers = f"({size} - 1) × {stride} + max({span}, {stride})"
            return Step(what, "(n - 1) × stride + max(span, stride)", numbers, out)
        kept, number = ("span", f"{span}") if self.padding == "valid" else ("span mod 2", f"{span} mod 2")
        numbers = f"({size} - 1) × {stride} + {number} + {extra}"
        return Step(what, f"(n - 1) × stride + {kept} + output_padding", numbers, out)

    def span_step(self, what: str) -> Step | None:
        """How dilation widens the window; None where it does not."""
        return Window(self.size, dilation=self.dilation).span_step(what)

    def padding_step(self, what: str, n: Dim) -> Step:
        """The cells cut from the full output, and why that many."""
        numbers = "" if n is None else f"{self.full(n)} - {self.out(n)}"
        return Step(what, "(n - 1) × stride + span - out", numbers, _around(self.pads(n)))

    @property
    def back(self) -> tuple[int, int, int]:
        """(p, q, r): x + 1 output cells in a row see input cells that are up to (p·x + q) // r apart."""
        return 1, self.span - 1, self.stride


def _around(pads: tuple[int, int] | None) -> Pads | None:
    """The pads of an axis; None where they are unknown."""
    return Pads(*pads) if pads else None


Axis = Window | Upsampler
