"""Keras's dtypes and dtype policies: what weights are stored in, what layers compute in, how many bits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

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

# "int8" is no policy: in Keras the name means a quantization, which needs more than a name.
POLICIES = (*(name for name in BITS if name != "int8"), *_MIXED)


def variable_dtype(policy: str) -> str:
    """The dtype of a layer's weights: float32 under a mixed policy."""
    return "float32" if policy in _MIXED else policy


def compute_dtype(policy: str) -> str:
    """The dtype of a layer's computation and output."""
    return _MIXED.get(policy, policy)


def whole_bytes(bits: int) -> int:
    """The whole bytes that hold a number of bits."""
    return -(-bits // 8)


# What each dtype widens to, step by step; "int" and "float" are the types of Python's numbers, which take the dtype
# of what they meet. Keras has it from JAX (https://docs.jax.dev/en/latest/type_promotion.html).
_WIDER = {
    "bool": ("int",),
    "uint8": ("int16", "uint16"), "uint16": ("int32", "uint32"), "uint32": ("int64", "uint64"), "uint64": ("float",),
    "int": ("uint8", "int8"),
    "int8": ("int16",), "int16": ("int32",), "int32": ("int64",), "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",), "float16": ("float32",), "float32": ("float64", "complex64"),
    "float64": ("complex128",), "complex64": ("complex128",), "complex128": (),
}  # fmt: skip
# The dtypes that an operation gives for numbers of Python alone, and in place of whole numbers that Keras avoids.
_SETTLED = {"int": "int32", "float": "float32", "uint64": "uint32"}


@cache
def _above(name: str) -> frozenset[str]:
    """The dtype itself and all to which it widens."""
    return frozenset({name}).union(*map(_above, _WIDER[name]))


def promoted(*names: str) -> str:
    """The dtype of an operation on all of these: the least to which each of them widens.

    Texts, which do not widen, come back.
    """
    if any(name not in _WIDER for name in names):
        return names[0]
    shared = frozenset.intersection(*map(_above, names))
    least = next(name for name in _WIDER if name in shared and shared <= _above(name))
    return _SETTLED.get(least, least)


def first(*names: str) -> str:
    """The first dtype."""
    return names[0]


def fraction(*names: str) -> str:
    """The dtype of an operation on all of these that gives fractions."""
    return promoted(*names, "float")


def summed(*names: str) -> str:
    """The dtype of a sum: narrow whole numbers and truths give 32 bits."""
    return {
        "bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32", "uint64": "uint32",
    }.get(names[0], names[0])  # fmt: skip


def counted(*names: str) -> str:
    """The dtype of an operation on all of these for which truths are whole numbers."""
    found = promoted(*names)
    return "int32" if found == "bool" else found


def rooted(*names: str) -> str:
    """The dtype of an operation on all of these that gives fractions, in 64 bits for whole numbers of 64 bits."""
    found = promoted(*names)
    return "float64" if found == "int64" else fraction(found)


def always(name: str) -> Callable[..., str]:
    """The rule that gives one dtype, whatever the inputs' are."""
    return lambda *_: name
