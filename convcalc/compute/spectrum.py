"""Frequencies: what a spectrogram tells of them, frames of a signal, mel bands.

Every function keeps the dtype of its input, in which Keras computes too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Callable

_EPSILON = 1e-7


def _power(real: Array, imag: Array) -> Array:
    power: Array = np.square(real) + np.square(imag)
    return power


def _magnitude(real: Array, imag: Array) -> Array:
    return np.sqrt(np.maximum(_power(real, imag), _EPSILON))


def _log(real: Array, imag: Array) -> Array:
    return np.log(np.maximum(_magnitude(real, imag), _EPSILON))


def _density(real: Array, imag: Array) -> Array:
    """The power, twice where a negative frequency has the same."""
    power = _power(real, imag)
    power[..., 1:-1] *= 2
    return power


# What a mode makes of the real and the imaginary part, frequencies last.
MODES: dict[str, Callable[[Any, Any], Array]] = {
    "log": _log,
    "magnitude": _magnitude,
    "psd": _density,
    "real": lambda real, imag: real,
    "imag": lambda real, imag: imag,
    "angle": lambda real, imag: np.arctan2(imag, real),
    "stft": lambda real, imag: np.concatenate([real, imag], axis=-1),
}
