"""Spectrograms: short-time Fourier transforms, their output modes, mel bands and decibels.

Every function computes in the dtype of its input, as Keras does.
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
    """The power, doubled for each frequency that stands for its negative too."""
    power = _power(real, imag)
    power[..., 1:-1] *= 2
    return power


# Output modes: functions of the real and the imaginary part, whose last axis has the frequencies.
MODES: dict[str, Callable[[Any, Any], Array]] = {
    "log": _log,
    "magnitude": _magnitude,
    "psd": _density,
    "real": lambda real, imag: real,
    "imag": lambda real, imag: imag,
    "angle": lambda real, imag: np.arctan2(imag, real),
    "stft": lambda real, imag: np.concatenate([real, imag], axis=-1),
}

# The mel scale: 1127 · ln(1 + f / 700 Hz).
_BREAK_HERTZ, _MELS = 700.0, 1127.0

# Cosine windows: the constant, and the amplitude of the cosine.
COSINES = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46)}


def window(name: str, size: int) -> Array:
    """The window's weights ``(size,)``, periodic for an even size, as in TensorFlow."""
    mean, swing = COSINES[name]
    weights: Array = mean - swing * np.cos(2 * np.pi * np.arange(size) / max(size - size % 2, 1))
    return weights if size > 1 else np.ones(size)


def stft_magnitudes(x: Array, weights: Array | None, size: int, step: int, fft_size: int) -> Array:
    """The magnitudes of the short-time Fourier transform: (…, n) → (…, frames, frequencies).

    A frame is centred on every ``step``-th sample. It has ``size`` samples times ``weights``, with zeros around them up
    to ``fft_size``. The signal is mirrored at its ends; `ValueError` where it is too short to be mirrored.
    """
    edge = fft_size // 2
    if x.shape[-1] <= edge:
        raise ValueError(f"{x.shape[-1]} samples are too few to be mirrored over {edge}, half of fft_length")
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(edge, edge)], mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft_size, axis=-1)[..., ::step, :]
    before = (fft_size - size) // 2
    whole = np.ones(fft_size) if weights is None else np.pad(weights, (before, fft_size - size - before))
    sizes: Array = np.abs(np.fft.rfft(frames * whole.astype(x.dtype)))
    return sizes.astype(x.dtype)


def mel_bands(bands: int, frequencies: int, rate: float, low: float, high: float) -> Array:
    """The mel filter bank ``(frequencies, bands)``: triangles that overlap by half, equally wide on the mel scale.

    ``rate``, ``low`` and ``high`` are in hertz. Frequency 0 is in no band.
    """
    hertz = np.linspace(0, rate / 2, frequencies, dtype="float32")[1:, None]
    edges = np.linspace(_mel(low), _mel(high), bands + 2, dtype="float32")
    start, middle, end = edges[:-2], edges[1:-1], edges[2:]
    up, down = (_mel(hertz) - start) / (middle - start), (end - _mel(hertz)) / (end - middle)
    triangles: Array = np.maximum(0, np.minimum(up, down))
    return np.pad(triangles, ((1, 0), (0, 0)))


def _mel(hertz: Any) -> Any:
    return _MELS * np.log(1 + np.asarray(hertz, "float32") / np.float32(_BREAK_HERTZ))


def decibels(power: Array, least: float, reference: float, span: float) -> Array:
    """10 · log10(power / reference), where both are at least ``least``, and values at least the largest - ``span``."""
    level: Array = 10 * np.log10(np.maximum(power, least)) - 10 * np.log10(max(abs(reference), least))
    level = np.maximum(level, level.max(initial=-np.inf) - span)
    return level.astype(power.dtype)
