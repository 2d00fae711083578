"""Low-rank adaptation (Hu et al. 2021, https://arxiv.org/abs/2106.09685) of a layer that has a ``kernel``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.errors import ArgumentError
from convcalc.inferred import Weight
from convcalc.lazy import Array


class Adaptable:
    """The part of a layer whose kernel may be frozen and added to by the product of two small trained kernels."""

    use_bias: bool
    lora_rank: int | None
    lora_alpha: float | None
    kernel_constraint: Any

    def check_lora(self) -> None:
        """Keras adapts no constrained kernel."""
        if self.lora_rank and self.kernel_constraint:
            raise ArgumentError(
                "lora_rank and kernel_constraint exclude each other",
                code="constrained-lora",
                argument="kernel_constraint",
                why="Keras freezes the kernel that it adapts, and a constraint would change it",
                help="leave one of the two out",
            )

    def adapted(self, kernel: Weight, bias: Weight) -> Iterator[Weight]:
        """Kernel, bias and, with a ``lora_rank``, the two kernels ``(…, inputs, rank)`` and ``(rank, outputs)``."""
        kernel.trainable = not self.lora_rank
        yield kernel
        if self.use_bias:
            yield bias
        if self.lora_rank:
            rank, inside, outside = self.lora_rank, kernel.dims[:-1], kernel.dims[-1]
            # Keras keeps both in float32 whatever the layer's dtype.
            shapes = ((*kernel.shape[:-1], rank), (rank, kernel.shape[-1]))
            yield Weight("lora_kernel_a", shapes[0], "he_uniform", dims=(*inside, "lora_rank"), dtype="float32")
            yield Weight("lora_kernel_b", shapes[1], "zeros", dims=("lora_rank", outside), dtype="float32")

    @property
    def lora_share(self) -> float:
        """The factor of the addition: lora_alpha / lora_rank, 1 without an alpha."""
        return 1.0 if self.lora_alpha is None or not self.lora_rank else self.lora_alpha / self.lora_rank

    def kernel(self, w: Sequence[Array]) -> Array:
        """Kernel + lora_share × a·b."""
        if not self.lora_rank:
            return w[0]
        adapted: Array = w[0] + self.lora_share * (w[-2] @ w[-1])
        return adapted.astype(w[0].dtype)
