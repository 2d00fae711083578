"""Low-rank adaptation (Hu et al. 2021, https://arxiv.org/abs/2106.09685) of a layer that has a ``kernel``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcalc.declare.weight import Weight
from convcalc.errors import ArgumentError
from convcalc.lazy import Array


class Adaptable:
    """The part of a layer whose kernel may be frozen and added to by the product of two small trained kernels."""

    lora_rank: int | None
    lora_alpha: float | None

    def check_lora(self, kernel: str = "kernel") -> None:
        """Keras adapts no constrained weight; ``kernel`` is its name."""
        if self.lora_rank and getattr(self, f"{kernel}_constraint"):
            raise ArgumentError(
                f"lora_rank and {kernel}_constraint exclude each other",
                code="constrained-lora",
                argument=f"{kernel}_constraint",
                why=f"Keras freezes the {kernel} that it adapts, and a constraint would change it",
                help="leave one of the two out",
            )

    def adapted(self, kernel: Weight, bias: Weight | None = None) -> Iterator[Weight]:
        """Kernel, bias and, with a ``lora_rank``, the two kernels ``(…, inputs, rank)`` and ``(rank, outputs)``."""
        kernel.trainable = not self.lora_rank
        yield kernel
        if bias:
            yield bias
        if self.lora_rank:
            rank, inside, outside = self.lora_rank, kernel.dims[:-1], kernel.dims[-1]
            # Keras keeps both in float32 whatever the layer's dtype.
            shapes = ((*kernel.shape[:-1], rank), (rank, kernel.shape[-1]))
            yield Weight(f"lora_{kernel.name}_a", shapes[0], "he_uniform", dims=(*inside, "lora_rank"), dtype="float32")
            yield Weight(f"lora_{kernel.name}_b", shapes[1], "zeros", dims=("lora_rank", outside), dtype="float32")

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
