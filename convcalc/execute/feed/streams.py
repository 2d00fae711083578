"""Random numbers: every input and every weight draws from a stream of its own."""

from __future__ import annotations

import hashlib

from convcalc.lazy import np


def stream(*key: object) -> np.random.Generator:
    """The generator of ``key``, such as (seed, layer name, weight name).

    The same on every platform, and independent of every other key: a layer that comes or goes leaves
    the others' numbers alone.
    """
    text = "\0".join(f"{type(part).__name__}:{part}" for part in key)
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
