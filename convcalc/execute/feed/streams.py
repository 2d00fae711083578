"""Streams of random numbers: every input and every weight has its own stream."""

from __future__ import annotations

import hashlib

from convcalc.lazy import np


def stream(*key: object) -> np.random.Generator:
    """The generator for ``key``, such as (seed, layer name, weight name).

    It is the same on every platform, and independent of every other key: a new layer does not change the numbers of
    other layers.
    """
    text = "\0".join(f"{type(part).__name__}:{part}" for part in key)
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
