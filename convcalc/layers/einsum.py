"""EinsumDense: a dense layer over any axes, as an Einstein sum says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.compute.bias import plus_bias
from convcalc.compute.initializers import INITIALIZERS
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.declare.traits import Positions
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.layers._lora import adapted, adapted_kernel, check_lora, lora_share
from convcalc.lazy import Array, np
from convcalc.sizes.formula import Product, Step
from convcalc.sizes.shapes import Dim, Shape, product, show

_WORD = "[a-zA-Z]+"
_FORMS = (
    f"{_WORD},{_WORD}->{_WORD}",
    rf"\.\.\.{_WORD},{_WORD}->\.\.\.{_WORD}",
    rf"[a-zA-Z]{_WORD}\.\.\.,{_WORD}->{_WORD}\.\.\.",
)


class EinsumDense(Layer):
    """A dense layer over any axes, as an Einstein sum of the input and a kernel says.

    >>> EinsumDense("...x,xy->...y", 64, bias_axes="y").on(32, 128)
    (None, 32, 64)  8,256 params  262,144 MACs
    """

    positions = Positions(move=True)
    equation: str = arg(t.word, doc="letters of the axes: input,kernel->output, with ... for axes left alone")
    output_shape: Shape = arg(t.sizes, doc="sizes of the output without the batch and the axes that ... stands for")
    activation: Any = a.activation
    bias_axes: str | None = arg(t.word, default=None, doc="letters of the output's axes that have a bias")
    kernel_initializer: Any = a.initializer("kernel")
    bias_initializer: Any = a.initializer("bias", "zeros")
    kernel_regularizer: Any = a.regularizer("kernel")
    bias_regularizer: Any = a.regularizer("bias")
    kernel_constraint: Any = a.constraint("kernel")
    bias_constraint: Any = a.constraint("bias")
    lora_rank: int | None = a.lora_rank
    lora_alpha: float | None = a.lora_alpha
    gptq_unpacked_column_size: Any = arg(t.anything, default=None, doc="width of a kernel to be quantized later")
    quantization_config: Any = arg(t.anything, default=None, doc="how to quantize the weights later")

    def check(self) -> None:
        """An equation of one of three forms, whose every letter stands where it has a size."""
        check_lora(self)
        if not any(re.fullmatch(form, self.equation) for form in _FORMS):
            raise self._wrong("equation", f"{self.equation!r} is no equation of a dense layer")
        inside, kernel, outside = self.letters
        lone = (set(outside) - {*inside, *kernel}) | (set(kernel) - {*inside, *outside})
        if lone:
            raise self._wrong("equation", f"{min(lone)!r} in {self.equation!r} stands for nothing")
        if self.bias_axes is not None and (not self.bias_axes or set(self.bias_axes) - set(outside)):
            raise self._wrong("bias_axes", f"bias_axes {self.bias_axes!r} are no letters of the output {outside!r}")

    def _wrong(self, argument: str, message: str) -> ArgumentError:
        return ArgumentError(
            message,
            code="equation",
            argument=argument,
            why="the kernel has axes of the input and of the output; the output has axes of input and kernel",
            help="write it like 'abc,cd->abd', '...x,xy->...y' or 'ab...,bc->ac...'",
        )

    @property
    def letters(self) -> tuple[str, str, str]:
        """The letters of the input, the kernel and the output."""
        inside, kernel, outside = re.findall("[a-zA-Z]+", self.equation)
        return inside, kernel, outside

    @property
    def _leads(self) -> bool:
        """Whether the axes that no letter names come first."""
        return self.equation.startswith("...")

    def output(self, x: Shape) -> Shape:
        """The batch, ``output_shape``, and the input's sizes where ``...`` stands.

        As in Keras's shapes several axes at the front stand the other way round; what is computed has them in order.
        """
        inside, _, _ = self.letters
        open_ended = "..." in self.equation
        if len(x) < len(inside) or (len(x) > len(inside) and not open_ended):
            raise ShapeError(
                f"{self.equation!r} needs {len(inside)} axes{' or more' if open_ended else ''}, got {len(x)}",
                code="wrong-rank",
                argument="equation",
                why=f"its input is {show(x)}, batch included",
                help="give every axis a letter, or write ... for axes that are left alone",
            )
        alone = len(x) - len(inside)
        before, after = (x[1:alone][::-1], ()) if self._leads else ((), x[len(inside) :])
        return (x[0], *before, *self.output_shape, *after)

    def sizes(self, x: Shape, y: Shape) -> dict[str, Dim]:
        """The size of every letter, the output's first; `ShapeError` where input and output disagree."""
        inside, _, outside = self.letters
        alone = len(x) - len(inside) if self._leads else 0
        if len(y) < alone + len(outside):
            raise ShapeError(
                f"the output {show(y)} has too few sizes for {outside!r}",
                code="output-shape",
                argument="output_shape",
                help="give output_shape a size for each letter but the batch's",
            )
        found = dict(zip(inside, x[alone:], strict=False))
        asked = dict(zip(outside, y[alone:], strict=False))
        for letter in inside:
            if asked.get(letter) not in (None, found[letter]):
                raise ShapeError(
                    f"{letter!r} is {found[letter]} in the input and {asked[letter]} in the output",
                    code="output-shape",
                    argument="output_shape",
                    help=f"give output_shape {found[letter]} or None there",
                )
        return found | asked

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Kernel, of a size for each of its letters; bias, from its first letter to the output's end."""
        _, letters, outside = self.letters
        sizes = self.sizes(x, self.output(x))
        shape = tuple(known(sizes[letter], f"the size of {letter!r}") for letter in letters)
        kernel = Weight("kernel", shape, self._initializer(letters, outside), dims=tuple(letters))
        yield from adapted(self.lora_rank, kernel, self._bias(x, sizes) if self.bias_axes else None)

    def _bias(self, x: Shape, sizes: dict[str, Dim]) -> Weight:
        inside, _, outside = self.letters
        axes = self.bias_axes or ""
        letters = outside[min(map(outside.find, axes)) :]
        after = 0 if self._leads else len(x) - len(inside)
        shape = [known(sizes[n], f"the size of {n!r}") if n in axes else 1 for n in letters] + [1] * after
        dims = (*(n if n in axes else "1" for n in letters), *("1",) * after)
        return Weight("bias", tuple(shape), self.bias_initializer, dims=dims)

    def _initializer(self, kernel: str, outside: str) -> Any:
        """The kernel's initializer; one that scales by fans is told which axes are inputs and which outputs."""
        given = self.kernel_initializer
        if given is None:
            return None
        name, options = (given, {}) if isinstance(given, str) else (given["class_name"], given["config"])
        if "input_axes" not in INITIALIZERS[name].options:
            return given
        axes = {"input_axes": [at for at, letter in enumerate(kernel) if letter not in outside]}
        axes["output_axes"] = [at for at, letter in enumerate(kernel) if letter in outside]
        told = all(options.get(name) is not None for name in axes)
        return given if told else {"class_name": name, "config": {**options, **axes}}

    def macs(self, x: Shape, y: Shape) -> Iterator[Product]:
        """Positions of the input that the kernel has no axis for × the kernel's sizes."""
        inside, kernel, _ = self.letters
        sizes = self.sizes(x, y)
        alone = len(x) - len(inside)
        letters = "." * alone + inside if self._leads else inside + "." * alone
        positions = product(n for n, letter in zip(x[1:], letters[1:], strict=True) if letter not in kernel)
        yield Product("kernel", ("positions", positions), *((n, sizes[n]) for n in kernel))

    def steps(self, x: Shape, y: Shape) -> Iterator[Step]:
        """The output's sizes."""
        yield Step("shape", f"output_shape in {self.equation}", show(self.output_shape), y)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """The sum of products, plus bias, then the activation."""
        kernel = adapted_kernel(self.lora_rank, w, lora_share(self))
        y = np.einsum(self.equation, x, kernel, optimize=True)
        return self.activate(plus_bias(y, w[1]) if self.bias_axes else y)
