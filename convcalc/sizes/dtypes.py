"""Keras's dtypes and dtype policies: what weights are stored in, what layers compute in, how many bits."""

from __future__ import annotations

# Bits per element as Keras's memory figures count them: a bool is one bit.
BITS = {
    "float64": 64, "int64": 64, "uint64": 64,
    "float32": 32, "int32": 32, "uint32": 32,
    "float16": 16, "bfloat16": 16, "int16": 16, "uint16": 16,
    "int8": 8, "uint8": 8,
    "bool": 1,
}  # fmt: skip

# The dtype of texts, which no layer computes in and whose bits Keras does not count.
TEXT = "string"

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}

# As a policy, "int8" is Keras's name of a quantization, which needs more than a name.
POLICIES = (*(name for name in BITS if name != "int8"), *_MIXED)


def variable_dtype(policy: str) -> str:
    """The dtype of a layer's weights: float32 under a mixed policy."""
    return "float32" if policy in _MIXED else policy


def compute_dtype(policy: str) -> str:
    """The dtype of a layer's computation and output."""
    return _MIXED.get(policy, policy)


def whole_bytes(bits: int) -> int:
    """Bytes that hold so many bits."""
    return -(-bits // 8)
