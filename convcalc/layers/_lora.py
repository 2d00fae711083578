"""Low-rank adaptation (Hu et al. 2021, https://arxiv.org/abs/2106.09685) of a layer that has a ``kernel``.

The kernel may be frozen, and the product of two small trained kernels added to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from convcalc.declare.weight import Weight
from convcalc.errors import ArgumentError
from convcalc.lazy import Array


def check_lora(layer: Any, kernel: str = "kernel") -> None:
    """Refuses a constraint on the adapted weight, whose name is ``kernel``: Keras adapts no constrained weight."""
    if layer.lora_rank and layer.config[f"{kernel}_constraint"]:
        raise ArgumentError(
            f"lora_rank and {kernel}_constraint exclude each other",
            code="constrained-lora",
            argument=f"{kernel}_constraint",
            why=f"Keras freezes the {kernel} that it adapts, and a constraint would change it",
            help="leave one of the two out",
        )


def adapted(rank: int | None, kernel: Weight, bias: Weight | None = None) -> Iterator[Weight]:
    """Kernel, bias and, with a ``rank``, the two kernels ``(…, inputs, rank)`` and ``(rank, outputs)``."""
    kernel.trainable = not rank
    yield kernel
    if bias:
        yield bias
    if rank:
        inside, outside = kernel.dims[:-1], kernel.dims[-1]
        # Keras keeps both in float32 whatever the layer's dtype.
        shapes = ((*kernel.shape[:-1], rank), (rank, kernel.shape[-1]))
        yield Weight(f"lora_{kernel.name}_a", shapes[0], "he_uniform", dims=(*inside, "lora_rank"), dtype="float32")
        yield Weight(f"lora_{kernel.name}_b", shapes[1], "zeros", dims=("lora_rank", outside), dtype="float32")


def lora_share(layer: Any) -> float:
    """The factor of the product that is added: lora_alpha / lora_rank, 1 without an alpha."""
    return 1.0 if layer.lora_alpha is None or not layer.lora_rank else layer.lora_alpha / layer.lora_rank


def adapted_kernel(rank: int | None, w: Sequence[Array], share: float = 1.0) -> Array:
    """The values of kernel + share × a·b, given the values of all weights."""
    if not rank:
        return w[0]
    whole: Array = w[0] + share * (w[-2] @ w[-1])
    return whole.astype(w[0].dtype)
